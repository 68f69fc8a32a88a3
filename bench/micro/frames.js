'use strict';

const MASK = 0x80;

/**
 * Encodes one frame, byte by byte. The benches check results by this; it shares
 * no code with what they measure.
 *
 * @param {number} opcode 1 text, 2 binary
 * @param {Buffer} payload The payload
 * @param {Buffer} [key] Masking key, 4 bytes
 * @return {Buffer} The frame
 */
function encodeFrame(opcode, payload, key) {
  const len = payload.length;
  const extended = len > 0xffff ? 8 : len > 125 ? 2 : 0;
  const frame = Buffer.alloc(2 + extended + (key ? 4 : 0) + len);
  frame[0] = 0x80 | opcode;
  frame[1] = (key ? MASK : 0) | (extended ? (extended === 2 ? 126 : 127) : len);
  if (extended === 2) frame.writeUInt16BE(len, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(len), 2);
  const start = frame.length - len;
  if (key) key.copy(frame, start - 4);
  for (let i = 0; i < len; i++) {
    frame[start + i] = key ? payload[i] ^ key[i % 4] : payload[i];
  }
  return frame;
}

/**
 * Decodes the frames in `bytes`, which must end where a frame ends.
 *
 * @param {Buffer} bytes Whole frames, one after another
 * @return {{ fin: boolean, opcode: number, masked: boolean, payload: Buffer }[]}
 */
function decodeFrames(bytes) {
  const frames = [];
  for (let at = 0; at < bytes.length;) {
    const fin = bytes[at] >= 0x80;
    const opcode = bytes[at] & 0x0f;
    const masked = bytes[at + 1] >= MASK;
    let len = bytes[at + 1] & 0x7f;
    at += 2;
    if (len === 126) {
      len = bytes.readUInt16BE(at);
      at += 2;
    } else if (len === 127) {
      len = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    const key = masked ? bytes.subarray(at, (at += 4)) : Buffer.alloc(4);
    if (at + len > bytes.length) throw new Error('frame is cut off');
    const payload = Buffer.from(bytes.subarray(at, (at += len)));
    for (let i = 0; i < len; i++) payload[i] ^= key[i % 4];
    frames.push({ fin, opcode, masked, payload });
  }
  return frames;
}

/**
 * ASCII text of `len` bytes, different for each `seed`.
 *
 * @param {number} len Length in bytes
 * @param {number} seed Any integer
 * @return {Buffer} The text
 */
function text(len, seed) {
  const words = `{"lot":${seed},"bid":${seed * 7919 + 13},"by":"someone"} `;
  return Buffer.from(words.repeat(Math.ceil(len / words.length)).slice(0, len));
}

/**
 * A masking key, different for each `seed`, with no zero byte.
 *
 * @param {number} seed Any integer
 * @return {Buffer} The key, 4 bytes
 */
function maskingKey(seed) {
  const key = Buffer.alloc(4);
  key.writeUInt32BE((Math.imul(seed + 1, 0x9e3779b1) | 0x01010101) >>> 0);
  return key;
}

module.exports = { decodeFrames, encodeFrame, maskingKey, text };
