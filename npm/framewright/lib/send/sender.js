'use strict';

const {
  types: { isUint8Array }
} = require('util');

const {
  lengthOfHeader,
  MAX_HEADER_LENGTH,
  writeHeader
} = require('./frame-header');
const { mostCompressed } = require('../deflate/contexts');
const { contextsOf } = require('../deflate/extension');
const isOccupied = require('./is-occupied');
const maskInSlab = require('./mask-in-slab');
const { keyOf, writeKey } = require('./masking-key');
const { flushUnheld } = require('../outbox/held');
const { kOutbox, outboxOf } = require('../outbox/outbox-of');
const { reserve, slab } = require('../outbox/slab');
const { COPY_LIMIT, takesParts } = require('../outbox/takes');
const { isPlain, sendPlain } = require('./plain');

/**
 * Makes a copy of ws send through an outbox.
 *
 * @param {WsCopy} copy The copy
 * @return {Object} The methods to put on its `Sender.prototype`
 */
function senderMethods(copy) {
  const stock = copy.stock.sender;

  return {
    /**
     * Sends most messages at once. Any other goes through ws's own method, which
     * ends in `sendFrame()`.
     */
    send(data, options, cb) {
      if (
        options.compress ||
        isWatched(this, copy) ||
        !isPlain(this, data, options.mask)
      ) {
        stock.send.call(this, data, options, cb);
      } else {
        sendPlain(this, data, options.binary, options.fin, options.mask, cb);
      }
    },

    /**
     * Compresses short fragments at once.
     */
    dispatch(data, compress, options, cb) {
      const contexts =
        compress &&
        outboxOf(this) !== null &&
        !isOccupied(this) &&
        !this._socket.destroyed
          ? contextsOf(this._extensions['permessage-deflate'], copy)
          : null;

      if (
        contexts !== null &&
        !isWatched(this, copy) &&
        mostCompressed(data) <= COPY_LIMIT &&
        contexts.isPlain(data, !!options.fin)
      ) {
        sendCompressed(this, contexts, data, options, cb);
        return;
      }

      const payload =
        contexts === null ? null : contexts.compressShared(data, !!options.fin);

      if (payload === null) {
        stock.dispatch.call(this, data, compress, options, cb);
        return;
      }

      options.readOnly = false;
      this.sendFrame(copy.Sender.frame(payload, options), cb);
    },

    /**
     * Takes a frame that ws, or another caller, has made.
     */
    sendFrame(list, cb) {
      const outbox = outboxOf(this);
      const length = outbox === null ? -1 : lengthOf(list);

      if (length === -1 || !takesParts(outbox, list, length)) {
        if (outbox !== null) outbox.flush();
        stock.sendFrame.call(this, list, cb);
        return;
      }

      let at = reserve(outbox, length);

      if (list.length === 2) outbox.fill(list[0].length + list[1].length);

      for (const part of list) {
        if (typeof part === 'string') {
          at += slab.buffer.write(part, at);
        } else {
          slab.buffer.set(part, at);
          at += part.length;
        }
      }

      outbox.add(length, length, cb);
    },

    /**
     * Nothing comes after a close frame, so it doesn't wait for more frames.
     * And what was sent must leave before a later error is reported.
     *
     * Before 8.20, ws took a typed array of longer numbers as a reason. It counted
     * its bytes but copied its elements: the rest of the frame was uninitialised
     * memory.
     */
    close(code, data, mask, cb) {
      if (!copy.checksReason && data?.length > 0 && isNumbers(data)) {
        throw new TypeError('Second argument must be a string or a Uint8Array');
      }

      stock.close.call(this, code, data, mask, cb);
      if (this[kOutbox]) flushUnheld(this[kOutbox]);
    }
  };
}

/**
 * The length in bytes of a frame that is made already.
 *
 * @return {Number} -1 if a part doesn't have the length it claims
 */
function lengthOf(list) {
  let length = 0;

  for (const part of list) {
    if (typeof part === 'string') length += Buffer.byteLength(part);
    else if (part.length === part.byteLength) length += part.length;
    else return -1;
  }

  return length;
}

/**
 * Whether somebody has replaced the functions with which ws makes and sends
 * frames. If so, every frame goes through those.
 */
function isWatched(sender, copy) {
  return (
    sender.sendFrame !== copy.sendFrame || copy.Sender.frame !== copy.frame
  );
}

/** Compresses a fragment right into its frame, and sends that. */
function sendCompressed(sender, contexts, data, options, cb) {
  const outbox = outboxOf(sender);
  const { opcode, rsv1 } = options;
  const fin = !!options.fin;
  const fragment = typeof data === 'string' ? Buffer.from(data) : data;

  // First, since it may call the application.
  const maskingKey = keyOf(sender, options.mask);
  const maskLength = maskingKey === null ? 0 : 4;
  const at = reserve(outbox, MAX_HEADER_LENGTH + mostCompressed(data));
  const { buffer } = slab;

  // The frame starts with room for a header of 4 bytes. A very short payload is
  // moved below.
  let payloadAt = at + 4 + maskLength;
  const length = contexts.compressInto(fragment, fin, buffer, payloadAt);
  const headerLength = lengthOfHeader(length) + maskLength;

  if (payloadAt !== at + headerLength) {
    buffer.copyWithin(at + headerLength, payloadAt, payloadAt + length);
    payloadAt = at + headerLength;
  }

  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;

  writeHeader(buffer, at, first, maskLength, length);

  if (maskingKey !== null) {
    writeKey(buffer, payloadAt - 4, maskingKey);
    maskInSlab(payloadAt, length, maskingKey);
  }

  outbox.hold(headerLength + length, fragment.length, cb);
}

/** Whether data is a view whose elements aren't bytes. */
function isNumbers(data) {
  return ArrayBuffer.isView(data) && !isUint8Array(data);
}

module.exports = { isWatched, senderMethods };
