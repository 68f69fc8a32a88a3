'use strict';

const backend = require('../backend/backend');
const {
  lengthOfHeader,
  MAX_HEADER_LENGTH,
  writeHeader
} = require('./frame-header');
const isOccupied = require('./is-occupied');
const maskInSlab = require('./mask-in-slab');
const { longFrame, NATIVE_MASK_LENGTH } = require('./masked-frame');
const { keyOf, writeKey } = require('./masking-key');
const { outboxOf } = require('../outbox/outbox-of');
const { reserve, slab } = require('../outbox/slab');
const { COPY_LIMIT, takesMessage } = require('../outbox/takes');

const FastBuffer = Buffer[Symbol.species];

/**
 * Whether `sendPlain()` may send a message that is not to be compressed. It must be
 * text or a Buffer, short or masked, and nothing may be waiting before it.
 */
function isPlain(sender, data, isMasked) {
  return (
    (typeof data === 'string' || isWholeBuffer(data)) &&
    !isOccupied(sender) &&
    takesMessage(outboxOf(sender), data, isMasked) &&
    (!sender._compress || sender._firstFragment)
  );
}

/** Whether data is a Buffer that really has the length it claims. */
function isWholeBuffer(data) {
  return data instanceof FastBuffer && data.length === data.byteLength;
}

/**
 * Sends a message, or a fragment of one, as it is.
 *
 * @return {Number} Its length in bytes
 */
function sendPlain(sender, data, isBinary, isLast, isMasked, cb) {
  const isText = typeof data === 'string';
  const outbox = outboxOf(sender);
  const opcode = sender._firstFragment ? (isBinary ? 2 : 1) : 0;
  const first = isLast ? 0x80 | opcode : opcode;

  if (sender._firstFragment) sender._compress = false;
  sender._firstFragment = !!isLast;

  // First, since it may call the application.
  const maskingKey = keyOf(sender, isMasked);
  const maskLength = maskingKey === null ? 0 : 4;

  if (data.length > COPY_LIMIT) {
    const length = isText ? Buffer.byteLength(data) : data.length;

    outbox.write(longFrame(first, data, length, maskingKey), isText, cb);
    return length;
  }

  const at = reserve(
    outbox,
    MAX_HEADER_LENGTH + (isText ? data.length * 3 : data.length)
  );
  const { buffer } = slab;
  // Copied and masked in one go.
  const isMaskedOver =
    !isText && maskLength !== 0 && data.length >= NATIVE_MASK_LENGTH;
  let length = data.length;
  let headerLength;

  if (isText) {
    // The header's length depends on the payload's. Where the string's length
    // tells it already, the payload needn't be measured first.
    if (!isHeaderSettled(length)) length = Buffer.byteLength(data);
    headerLength = lengthOfHeader(length) + maskLength;
    length = buffer.write(data, at + headerLength);
  } else {
    headerLength = lengthOfHeader(length) + maskLength;
    if (!isMaskedOver) copyBytes(data, buffer, at + headerLength);
  }

  const payloadAt = at + headerLength;

  writeHeader(buffer, at, first, maskLength, length);

  if (maskingKey !== null) {
    writeKey(buffer, payloadAt - 4, maskingKey);

    if (isMaskedOver) backend.mask(data, maskingKey, buffer, payloadAt, length);
    else maskInSlab(payloadAt, length, maskingKey);
  }

  // ws makes one part of a Buffer that it masks, and two of anything else. Node's
  // stream counts a string's UTF-16 units.
  if (isText || maskLength === 0) {
    outbox.fill(headerLength + (maskLength === 0 ? data.length : length));
  }

  outbox.add(headerLength + length, length, cb);
  return length;
}

/** Whether every UTF-8 text of this many UTF-16 units needs the same header. */
function isHeaderSettled(units) {
  return units * 3 <= 125 || (units > 125 && units * 3 <= 0xffff);
}

/** Copies bytes. For a few, a loop is faster than a call. */
function copyBytes(source, target, at) {
  if (source.length > 32) {
    target.set(source, at);
    return;
  }

  for (let i = 0; i < source.length; i++) target[at + i] = source[i];
}

module.exports = { isPlain, sendPlain };
