/**
 * Reads a line of bytes as the vectors write it.
 *
 * @param {string} line `48 65`, `61 * 300`, `mask 37fa213d: 48 65`, several of them after commas; `#` starts a
 *     comment
 * @returns {Buffer}
 */
export function parseBytes(line) {
  const parts = line.replace(/#.*/, '').split(',');
  return Buffer.concat(parts.map((part) => parsePart(part.trim())));
}

function parsePart(part) {
  const masked = /^mask ([0-9a-f]{8}): (.*)$/.exec(part);
  if (masked) {
    const key = parseHex(masked[1]);
    const payload = parsePart(masked[2]);
    return Buffer.concat([key, payload.map((byte, i) => byte ^ key[i % 4])]);
  }
  const [hex, times = '1'] = part.split('*');
  const bytes = parseHex(hex);
  return Buffer.concat(Array(Number(times)).fill(bytes));
}

function parseHex(hex) {
  const digits = hex.replaceAll(' ', '');
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Error(`not hex: ${hex}`);
  return Buffer.from(digits, 'hex');
}
