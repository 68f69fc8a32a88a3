'use strict';

const backend = require('../backend/backend');
const { lengthOfHeader, writeHeader } = require('./frame-header');
const { nextKey, writeKey } = require('./masking-key');

const FastBuffer = Buffer[Symbol.species];

/** Below this many bytes, masking here is faster than calling the codec. */
const NATIVE_MASK_LENGTH = 512;

/**
 * Longer payloads are copied and masked in pieces of this many bytes, so that
 * each is still in the cache when it is masked. A multiple of a masking key's
 * length.
 */
const MASK_PIECE_LENGTH = 32 * 1024;

/**
 * Makes a copy of ws mask long payloads in native code.
 *
 * @param {WsCopy} copy The copy
 * @return {Object} The methods to put on its `Sender`
 */
function senderStatics({ stock }) {
  return {
    frame(data, options) {
      return options.mask &&
        !options.readOnly &&
        data instanceof FastBuffer &&
        data.length >= NATIVE_MASK_LENGTH
        ? maskedFrame(data, options)
        : stock.frame(data, options);
    }
  };
}

/** A masked frame whose payload is masked in place. */
function maskedFrame(data, { fin, generateMask, maskBuffer, opcode, rsv1 }) {
  const maskingKey = nextKey(generateMask, maskBuffer);
  const { length } = data;
  const header = Buffer.allocUnsafe(lengthOfHeader(length) + 4);
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;

  writeHeader(header, 0, first, 4, length);
  writeKey(header, header.length - 4, maskingKey);
  backend.mask(data, maskingKey, data, 0, length);
  return [header, data];
}

/**
 * A masked frame that is too long for the slab, in memory of its own.
 *
 * @param {Number} first Its first byte
 * @param {(Buffer|String)} data Its payload
 * @param {Number} length How long the payload is in bytes
 * @param {Buffer} maskingKey The masking key
 * @return {Buffer} The frame
 */
function longFrame(first, data, length, maskingKey) {
  const isText = typeof data === 'string';
  const payloadAt = lengthOfHeader(length) + 4;
  const frame = Buffer.allocUnsafeSlow(payloadAt + length);

  writeHeader(frame, 0, first, 4, length);
  writeKey(frame, payloadAt - 4, maskingKey);
  if (isText) frame.write(data, payloadAt);

  for (let i = 0; i < length; i += MASK_PIECE_LENGTH) {
    const pieceLength = Math.min(length - i, MASK_PIECE_LENGTH);
    const target = bytes(frame, payloadAt + i, pieceLength);
    const source = isText ? target : bytes(data, i, pieceLength);

    backend.mask(source, maskingKey, target, 0, pieceLength);
  }

  return frame;
}

function bytes(buffer, at, length) {
  return new FastBuffer(buffer.buffer, buffer.byteOffset + at, length);
}

module.exports = { bytes, longFrame, NATIVE_MASK_LENGTH, senderStatics };
