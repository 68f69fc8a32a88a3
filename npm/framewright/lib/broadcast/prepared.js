'use strict';

const { isAnyArrayBuffer } = require('util').types;

const isOccupied = require('../is-occupied');
const { kOutbox } = require('../outbox');

const OPEN = 1;

/** Options for `ws.send()`, by whether it is binary and whether compressed. */
const OPTIONS = Object.freeze([
  Object.freeze({ binary: false, compress: false, fin: true }),
  Object.freeze({ binary: false, compress: true, fin: true }),
  Object.freeze({ binary: true, compress: false, fin: true }),
  Object.freeze({ binary: true, compress: true, fin: true })
]);

/**
 * A message that is framed once, for any number of connections. It has its own
 * copy of the data, which may be changed once it is made.
 */
class Prepared {
  /**
   * @param {(String|Number|ArrayBuffer|ArrayBufferView|Buffer[])} data The
   *     message; a list is joined
   * @param {Object} [options] Options object
   * @param {Boolean} [options.binary] Whether the message is binary; by default
   *     whatever isn't a string or a number is
   * @param {Boolean} [options.compress=true] Whether it is compressed for the
   *     connections that negotiated permessage-deflate
   * @throws {TypeError} If the data is of another type
   */
  constructor(data, options = {}) {
    const { binary = isBinary(data), compress = true } = options;
    const payload = toPayload(data);
    const isText = typeof payload === 'string';
    const length = isText ? Buffer.byteLength(payload) : payload.length;
    const headerLength = length <= 125 ? 2 : length <= 0xffff ? 4 : 10;
    const frame = Buffer.allocUnsafe(headerLength + length);

    // RFC 6455, section 5.2: FIN and the opcode, no mask, the payload's length.
    frame[0] = binary ? 0x82 : 0x81;

    if (headerLength === 2) {
      frame[1] = length;
    } else if (headerLength === 4) {
      frame[1] = 126;
      frame.writeUInt16BE(length, 2);
    } else {
      frame[1] = 127;
      frame.writeBigUInt64BE(BigInt(length), 2);
    }

    if (isText) frame.write(payload, headerLength);
    else frame.set(payload, headerLength);

    /** What a server sends where nothing is compressed. */
    this.plain = frame;
    this.payload = frame.subarray(headerLength);
    this.binary = !!binary;
    this.compress = !!compress;
  }

  /**
   * Sends the message on one connection, behind what was sent on it before.
   *
   * @param {WebSocket} ws The connection
   * @param {Function} [cb] Called once, as that of `ws.send()`
   * @throws {Error} If the connection is still being opened
   */
  send(ws, cb) {
    const frame = this.frameFor(ws);

    if (frame === null) {
      const index = (this.binary ? 2 : 0) | (this.compress ? 1 : 0);

      ws.send(this.payload, OPTIONS[index], cb);
      return;
    }

    const sender = ws._sender;
    const outbox = sender[kOutbox];

    if (outbox !== undefined) outbox.share(frame, cb);
    else sender.sendFrame([frame], cb);
  }

  /**
   * The frame that the connections of the same kind share, by their role and
   * what permessage-deflate was negotiated to be.
   *
   * @param {WebSocket} ws A connection
   * @return {Buffer} The frame, or `null` where the connection must make its
   *     own: a client's has a masking key of its own (RFC 6455, section 5.3),
   *     one that is compressed may refer to what was sent before (RFC 7692,
   *     section 7.1.1), and one may have to wait for others or not be sent at
   *     all
   * @private
   */
  frameFor(ws) {
    const sender = ws._sender;

    if (
      !sender ||
      !ws._isServer ||
      ws.readyState !== OPEN ||
      isOccupied(sender) ||
      !sender._firstFragment ||
      (this.compress && this.isCompressedBy(sender))
    ) {
      return null;
    }

    return this.plain;
  }

  /** @private */
  isCompressedBy(sender) {
    const extension = sender._extensions['permessage-deflate'];

    if (extension === undefined) return false;

    // As ws does: where each message is compressed by itself, short ones aren't.
    return (
      !extension.params.server_no_context_takeover ||
      this.payload.length >= extension._threshold
    );
  }
}

function isBinary(data) {
  return typeof data !== 'string' && typeof data !== 'number';
}

/**
 * @return {(String|Uint8Array)} The message's text or octets
 */
function toPayload(data) {
  if (typeof data === 'string') return data;
  if (typeof data === 'number') return String(data);
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (isAnyArrayBuffer(data)) return new Uint8Array(data);
  if (Array.isArray(data) && data.every(ArrayBuffer.isView)) {
    return Buffer.concat(data.map(toPayload));
  }

  throw new TypeError(
    'The data must be a string, a number, an ArrayBuffer, a view of one, or ' +
      'a list of views'
  );
}

module.exports = Prepared;
