'use strict';

const { isUtf8 } = require('buffer');

/**
 * A message between processes: one byte that says whether it is text or binary
 * (the opcode of RFC 6455, section 5.2), who sent it, and the message itself.
 */
const TEXT = 1;
const BINARY = 2;

/** The length in bytes of what identifies a sender. */
const ORIGIN_LENGTH = 16;

const HEADER_LENGTH = 1 + ORIGIN_LENGTH;

/**
 * @param {Buffer} origin Who sends it
 * @param {Buffer} payload The message
 * @param {Boolean} isBinary Whether it is binary
 * @return {Buffer} The envelope
 */
function seal(origin, payload, isBinary) {
  return Buffer.concat([Buffer.of(isBinary ? BINARY : TEXT), origin, payload]);
}

/**
 * @param {Buffer} envelope What came in
 * @return {{origin: Buffer, payload: Buffer, isBinary: Boolean}} What is in it
 * @throws {Error} If it is not an envelope, or its text is not UTF-8
 */
function open(envelope) {
  const kind = envelope[0];

  if (envelope.length < HEADER_LENGTH || (kind !== TEXT && kind !== BINARY)) {
    throw new Error('it is not an envelope of this version');
  }

  const payload = envelope.subarray(HEADER_LENGTH);

  // Clients fail the connection on such text (RFC 6455, section 8.1).
  if (kind === TEXT && !isUtf8(payload)) {
    throw new Error('its text is not UTF-8');
  }

  return {
    origin: envelope.subarray(1, HEADER_LENGTH),
    payload,
    isBinary: kind === BINARY
  };
}

module.exports = { open, ORIGIN_LENGTH, seal };
