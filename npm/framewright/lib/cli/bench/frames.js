'use strict';

const { randomFillSync } = require('crypto');
const zlib = require('zlib');

const TEXT = 0x81;
const COMPRESSED_TEXT = 0xc1;
const MASK = 0x80;

/** RFC 7692, section 7.2.1: what is removed from a compressed message's end. */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/**
 * A text message in one frame.
 *
 * @param {Buffer} payload The message
 * @param {Object} form `isCompressed`, `isMasked`
 * @return {Buffer} The frame
 */
function frame(payload, { isCompressed, isMasked }) {
  const body = isCompressed ? compress(payload) : Buffer.from(payload);
  const header = [
    isCompressed ? COMPRESSED_TEXT : TEXT,
    ...lengthBytes(body.length)
  ];

  if (!isMasked) return Buffer.concat([Buffer.from(header), body]);

  const key = randomFillSync(Buffer.alloc(4));

  header[1] |= MASK;
  for (let i = 0; i < body.length; i++) body[i] ^= key[i & 3];
  return Buffer.concat([Buffer.from(header), key, body]);
}

/**
 * The message in a server's frame.
 *
 * @param {Buffer} bytes Bytes that begin with the frame
 * @return {({frame: Buffer, payload: Buffer}|null)} The frame and its message,
 *     `null` where the frame isn't complete
 */
function parse(bytes) {
  const [first, length] = bytes;
  const start = length < 126 ? 2 : 4;

  if (bytes.length < start) return null;

  const end = start + (length < 126 ? length : bytes.readUInt16BE(2));

  if (bytes.length < end) return null;

  const body = bytes.subarray(start, end);

  return {
    frame: bytes.subarray(0, end),
    payload: first === COMPRESSED_TEXT ? inflate(body) : body
  };
}

function compress(payload) {
  const bytes = zlib.deflateRawSync(payload, {
    finishFlush: zlib.constants.Z_SYNC_FLUSH
  });

  return bytes.subarray(0, -TAIL.length);
}

function inflate(body) {
  return zlib.inflateRawSync(Buffer.concat([body, TAIL]), {
    finishFlush: zlib.constants.Z_SYNC_FLUSH
  });
}

function lengthBytes(length) {
  return length < 126 ? [length] : [126, length >> 8, length & 0xff];
}

module.exports = { frame, parse };
