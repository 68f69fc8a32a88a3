/**
 * Reads the frames of a stream of either direction, without judging them.
 *
 * @param {Buffer} bytes
 * @returns {object[]} `{ first, masked, payload }`, payloads unmasked; `{ rest }` for a frame that isn't whole
 */
export function decodeFrames(bytes) {
  const frames = [];
  let at = 0;
  while (at < bytes.length) {
    const header = readHeader(bytes, at);
    if (!header || header.end > bytes.length) {
      frames.push({ rest: bytes.subarray(at) });
      break;
    }
    const { first, masked, key, start, end } = header;
    const payload = Buffer.from(bytes.subarray(start, end));
    for (let i = 0; i < payload.length; i++) payload[i] ^= key[i & 3];
    frames.push({ first, masked, payload });
    at = end;
  }
  return frames;
}

function readHeader(bytes, at) {
  const first = bytes[at];
  const masked = bytes[at + 1] >= 0x80;
  const form = bytes[at + 1] & 0x7f;
  const lenBytes = form === 126 ? 2 : form === 127 ? 8 : 0;
  const keyAt = at + 2 + lenBytes;
  const start = keyAt + (masked ? 4 : 0);
  if (start > bytes.length) return null;
  let len = form;
  if (lenBytes === 2) len = bytes.readUInt16BE(at + 2);
  if (lenBytes === 8) len = Number(bytes.readBigUInt64BE(at + 2));
  const key = masked ? bytes.subarray(keyAt, start) : [0, 0, 0, 0];
  return { first, masked, key, start, end: start + len };
}
