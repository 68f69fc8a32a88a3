'use strict';

const TEXT = 1;
const BINARY = 2;
const RSV1 = 0x40;
const MASK = 0x80;

/** The longest stored block of DEFLATE, in bytes (RFC 1951, section 3.2.4). */
const MAX_BLOCK_LENGTH = 0xffff;

/**
 * One frame for all that came of a message in whole frames. The frames after it
 * continue the message.
 *
 * @param {Object} message The message
 * @param {Boolean} message.isCompressed Whether the frames after it are
 * @param {Boolean} message.isText Whether it is text
 * @param {Buffer} message.text What came of it, inflated
 * @param {Boolean} isMasked Whether its sender masks
 * @return {Buffer} The frame, with a masking key that changes nothing
 */
function firstFrame({ isCompressed, isText, text }, isMasked) {
  const payload = isCompressed ? stored(text) : text;
  const first = (isText ? TEXT : BINARY) | (isCompressed ? RSV1 : 0);

  return Buffer.concat([header(first, payload.length, isMasked), payload]);
}

function header(first, length, isMasked) {
  const extended = length < 126 ? 0 : length < 0x10000 ? 2 : 8;
  const bytes = Buffer.alloc(2 + extended + (isMasked ? 4 : 0));

  bytes[0] = first;
  bytes[1] =
    (isMasked ? MASK : 0) |
    (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) bytes.writeUInt16BE(length, 2);
  if (extended === 8) bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}

/** Text as DEFLATE that ends between two blocks, at a whole byte. */
function stored(text) {
  const parts = [];

  for (let at = 0; at < text.length; at += MAX_BLOCK_LENGTH) {
    const block = text.subarray(at, at + MAX_BLOCK_LENGTH);
    const head = Buffer.alloc(5);

    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    parts.push(head, block);
  }

  return Buffer.concat(parts);
}

module.exports = { firstFrame };
