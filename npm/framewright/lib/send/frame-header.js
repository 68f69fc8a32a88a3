'use strict';

/** With a masking key, in bytes. */
const MAX_HEADER_LENGTH = 14;

/** The length in bytes of an unmasked header (RFC 6455, section 5.2). */
function lengthOfHeader(payloadLength) {
  if (payloadLength <= 125) return 2;
  return payloadLength <= 0xffff ? 4 : 10;
}

/**
 * Writes a frame's header, up to its masking key.
 *
 * @param {Buffer} buffer The buffer to write to
 * @param {Number} at The index of its first byte
 * @param {Number} first The first byte: FIN, the reserved bits and the opcode
 * @param {Number} maskLength 4 for a masked frame, else 0
 * @param {Number} length The payload's length in bytes
 */
function writeHeader(buffer, at, first, maskLength, length) {
  const maskBit = maskLength === 0 ? 0 : 0x80;

  buffer[at] = first;

  if (length <= 125) {
    buffer[at + 1] = maskBit | length;
  } else if (length <= 0xffff) {
    buffer[at + 1] = maskBit | 126;
    buffer[at + 2] = length >>> 8;
    buffer[at + 3] = length;
  } else {
    buffer[at + 1] = maskBit | 127;
    buffer.writeUIntBE(0, at + 2, 2);
    buffer.writeUIntBE(length, at + 4, 6);
  }
}

module.exports = { lengthOfHeader, MAX_HEADER_LENGTH, writeHeader };
