/**
 * Reads the frames of a stream of either direction, without judging them.
 *
 * @param {Buffer} octets
 * @returns {object[]} `{ first, masked, payload }`, payloads unmasked; `{ rest }` for a frame that isn't whole
 */
export function decodeFrames(octets) {
  const frames = [];
  let at = 0;
  while (at < octets.length) {
    const header = readHeader(octets, at);
    if (!header || header.end > octets.length) {
      frames.push({ rest: octets.subarray(at) });
      break;
    }
    const { first, masked, key, start, end } = header;
    const payload = Buffer.from(octets.subarray(start, end));
    for (let i = 0; i < payload.length; i++) payload[i] ^= key[i & 3];
    frames.push({ first, masked, payload });
    at = end;
  }
  return frames;
}

function readHeader(octets, at) {
  const first = octets[at];
  const masked = octets[at + 1] >= 0x80;
  const form = octets[at + 1] & 0x7f;
  const lenOctets = form === 126 ? 2 : form === 127 ? 8 : 0;
  const keyAt = at + 2 + lenOctets;
  const start = keyAt + (masked ? 4 : 0);
  if (start > octets.length) return null;
  let len = form;
  if (lenOctets === 2) len = octets.readUInt16BE(at + 2);
  if (lenOctets === 8) len = Number(octets.readBigUInt64BE(at + 2));
  const key = masked ? octets.subarray(keyAt, start) : [0, 0, 0, 0];
  return { first, masked, key, start, end: start + len };
}
