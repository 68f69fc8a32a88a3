'use strict';

const { randomBytes } = require('crypto');

const FIN = 0x80;
const RSV1 = 0x40;

/**
 * Writes a message in one frame.
 *
 * @param {Object} message The message
 * @param {Number} message.opcode 1 for text, 2 for binary
 * @param {Buffer} message.payload The payload
 * @param {Boolean} [message.isCompressed] Whether it is compressed
 * @param {Boolean} isMasked Whether its sender is a client
 * @return {Buffer} The frame
 */
function frame({ opcode, payload, isCompressed = false }, isMasked) {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 0x10000 ? 2 : 8;
  const start = 2 + extended + (isMasked ? 4 : 0);
  const bytes = Buffer.alloc(start + length);

  bytes[0] = FIN | (isCompressed ? RSV1 : 0) | opcode;
  bytes[1] = extended === 0 ? length : extended === 2 ? 126 : 127;
  if (extended === 2) bytes.writeUInt16BE(length, 2);
  if (extended === 8) bytes.writeBigUInt64BE(BigInt(length), 2);
  bytes.set(payload, start);

  if (isMasked) {
    const key = randomBytes(4);

    bytes[1] |= 0x80;
    bytes.set(key, start - 4);
    for (let i = 0; i < length; i++) bytes[start + i] ^= key[i & 3];
  }

  return bytes;
}

module.exports = frame;
