'use strict';

const { isAnyArrayBuffer } = require('util').types;

const { share } = require('../deflate/shared');
const { lengthOfHeader, writeHeader } = require('../send/frame-header');
const isOccupied = require('../send/is-occupied');
const kCounted = require('../metrics/counting/symbol');
const { kOutbox } = require('../outbox/outbox-of');
const { compressShared } = require('../deflate/extension');

const OPEN = 1;

const FIN = 0x80;
/** Says that a message is compressed (RFC 7692, section 7.2.1). */
const RSV1 = 0x40;

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

    this.binary = !!binary;
    this.compress = !!compress;
    /** What a server sends where nothing is compressed. */
    this.plain = frameOf(this.binary, 0, payload);
    this.payload = this.plain.subarray(
      lengthOfHeader(Buffer.byteLength(payload))
    );
    /**
     * What a server sends where messages are compressed, by the compressed
     * payload.
     */
    this.compressed = null;
  }

  /**
   * Sends the message on one connection, after what was sent on it before.
   *
   * @param {WebSocket} ws The connection
   * @param {Function} [cb] Called once, as that of `ws.send()`
   * @throws {Error} If the connection is still being opened
   */
  send(ws, cb) {
    const frame = this.frameFor(ws);

    if (frame === null) {
      // It may have to wait, and be compressed by then like any other.
      if (this.compress) this.shareCompressed();

      const index = (this.binary ? 2 : 0) | (this.compress ? 1 : 0);

      ws.send(this.payload, OPTIONS[index], cb);
      return;
    }

    const sender = ws._sender;
    const outbox = sender[kOutbox];

    ws[kCounted]?.countSent(this.payload, this.binary, this.payload.length);

    if (outbox) outbox.share(frame, cb);
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
   *     section 7.1.1), one that is long is compressed elsewhere, and one may
   *     have to wait for others or not be sent at all
   * @private
   */
  frameFor(ws) {
    const sender = ws._sender;

    if (
      !sender ||
      !ws._isServer ||
      ws.readyState !== OPEN ||
      isOccupied(sender) ||
      !sender._firstFragment
    ) {
      return null;
    }

    const extension = this.compress
      ? sender._extensions['permessage-deflate']
      : undefined;

    if (extension === undefined) return this.plain;
    if (!extension.params.server_no_context_takeover) return null;

    // As ws does: where each message is compressed by itself, short ones aren't.
    return this.payload.length >= extension._threshold
      ? this.compressedFrame(extension)
      : this.plain;
  }

  /** @private */
  compressedFrame(extension) {
    this.shareCompressed();

    const payload = compressShared(extension, this.payload);

    if (payload === null) return null;

    let frame = this.compressed.get(payload);

    if (frame === undefined) {
      frame = frameOf(this.binary, RSV1, payload);
      this.compressed.set(payload, frame);
    }

    return frame;
  }

  /** @private */
  shareCompressed() {
    if (this.compressed !== null) return;
    share(this.payload);
    this.compressed = new Map();
  }
}

/**
 * @param {Boolean} isBinary Whether the message is binary
 * @param {Number} rsv The reserved bits, in their place
 * @param {(String|Uint8Array)} payload The payload
 * @return {Buffer} The one frame of a message, unmasked
 */
function frameOf(isBinary, rsv, payload) {
  const length = Buffer.byteLength(payload);
  const headerLength = lengthOfHeader(length);
  const frame = Buffer.allocUnsafe(headerLength + length);

  writeHeader(frame, 0, FIN | rsv | (isBinary ? 2 : 1), 0, length);

  if (typeof payload === 'string') frame.write(payload, headerLength);
  else frame.set(payload, headerLength);

  return frame;
}

function isBinary(data) {
  return typeof data !== 'string' && typeof data !== 'number';
}

/**
 * @return {(String|Uint8Array)} The message's text or bytes
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
