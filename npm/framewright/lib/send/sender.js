'use strict';

const {
  types: { isUint8Array }
} = require('util');

const backend = require('../backend/backend');
const { lengthOfHeader, writeHeader } = require('./frame-header');
const { mostCompressed } = require('../deflate/contexts');
const { contextsOf } = require('../deflate/extension');
const isOccupied = require('./is-occupied');
const { bytes, longFrame, NATIVE_MASK_LENGTH } = require('./masked-frame');
const { nextKey, writeKey } = require('./masking-key');
const { COPY_LIMIT, kOutbox, outboxOf } = require('./outbox');
const { slab } = require('./slab');

const FastBuffer = Buffer[Symbol.species];

const MAX_HEADER_LENGTH = 14;

/** A masking key as it lies on a word of memory, by byte and as that word. */
const laidKey = new Uint8Array(4);
const laidKeyWord = new Uint32Array(laidKey.buffer);

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
     * The way of most messages. Anything else takes ws's own way, which ends in
     * `sendFrame()`.
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
     * Takes a frame that is made already, by ws or by whoever calls this.
     */
    sendFrame(list, cb) {
      const outbox = outboxOf(this);
      const length = outbox === null ? -1 : lengthOf(list);

      if (length === -1 || !outbox.takes(length, isShareable(list))) {
        if (outbox !== null) outbox.flush();
        stock.sendFrame.call(this, list, cb);
        return;
      }

      let at = outbox.reserve(length);

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
     * Nothing comes after a close frame, so there is nothing to wait for; and
     * what fails from now on must not be told before what is sent.
     *
     * Before 8.20, ws measured a reason of numbers in bytes and copied it by
     * numbers: the rest of the frame was whatever the memory held.
     */
    close(code, data, mask, cb) {
      if (!copy.checksReason && data?.length > 0 && isNumbers(data)) {
        throw new TypeError('Second argument must be a string or a Uint8Array');
      }

      stock.close.call(this, code, data, mask, cb);
      if (this[kOutbox]) this[kOutbox].flushUnheld();
    }
  };
}

/**
 * Whether `sendPlain()` may send a message that is not to be compressed: text or
 * a Buffer, short or masked, with nothing before it that is still waiting.
 */
function isPlain(sender, data, isMasked) {
  return (
    (typeof data === 'string' || isWholeBuffer(data)) &&
    !isOccupied(sender) &&
    isTaken(sender, data, isMasked) &&
    (!sender._compress || sender._firstFragment)
  );
}

/** Whether data is a Buffer that is as long as it says. */
function isWholeBuffer(data) {
  return data instanceof FastBuffer && data.length === data.byteLength;
}

/** Whether a message goes by the sender's outbox. */
function isTaken(sender, data, isMasked) {
  const outbox = outboxOf(sender);
  const { length } = data;

  if (outbox === null) return false;
  return isMasked
    ? length > COPY_LIMIT || outbox.takes(length, false)
    : outbox.takes(length, typeof data !== 'string');
}

/** Whether a frame made by ws has a payload beside its header. */
function isShareable(list) {
  return list.length === 2 && typeof list[1] !== 'string';
}

/**
 * How long a frame is that is made already, in bytes.
 *
 * @return {Number} -1 if a part of it isn't as long as it says
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
 * Whether somebody has replaced what ws makes and sends frames by, to see or to
 * change them: then each goes that way.
 */
function isWatched(sender, copy) {
  return (
    sender.sendFrame !== copy.sendFrame || copy.Sender.frame !== copy.frame
  );
}

/** Sends a message, or a fragment of one, as it is. */
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
    outbox.socket.write(longFrame(first, data, maskingKey), cb);
    return;
  }

  const at = outbox.reserve(
    MAX_HEADER_LENGTH + (isText ? data.length * 3 : data.length)
  );
  const { buffer } = slab;
  const isNative = maskLength !== 0 && data.length >= NATIVE_MASK_LENGTH;
  let length = data.length;
  let headerLength;

  if (isText) {
    // The header's length depends on the payload's. Where the string's own
    // length settles it, the payload is written without being measured.
    if (!isHeaderSettled(length)) length = Buffer.byteLength(data);
    headerLength = lengthOfHeader(length) + maskLength;
    length = buffer.write(data, at + headerLength);
  } else {
    headerLength = lengthOfHeader(length) + maskLength;
    if (!isNative) copyBytes(data, buffer, at + headerLength);
  }

  const payloadAt = at + headerLength;

  writeHeader(buffer, at, first, maskLength, length);

  if (maskingKey !== null) {
    writeKey(buffer, payloadAt - 4, maskingKey);

    if (isNative) {
      const source = isText ? bytes(buffer, payloadAt, length) : data;

      backend.mask(source, maskingKey, buffer, payloadAt, length);
    } else {
      maskHere(slab, payloadAt, length, maskingKey);
    }
  }

  outbox.add(headerLength + length, length, cb);
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
  const at = outbox.reserve(MAX_HEADER_LENGTH + mostCompressed(data));
  const { buffer } = slab;

  // Where it is unless it has become very short.
  let payloadAt = at + 4 + maskLength;
  const length = contexts.compressInto(fragment, fin, buffer, payloadAt);
  const headerLength = lengthOfHeader(length) + maskLength;

  if (payloadAt !== at + headerLength) {
    buffer.copyWithin(at + headerLength, payloadAt, payloadAt + length);
    payloadAt = at + headerLength;
  }

  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;

  writeHeader(buffer, at, first, maskLength, length);
  if (maskingKey !== null) mask(payloadAt, length, maskingKey);

  outbox.hold(headerLength + length, fragment.length, cb);
}

/** Masks the payload of a frame in the slab, and writes the key before it. */
function mask(payloadAt, length, maskingKey) {
  const { buffer } = slab;

  writeKey(buffer, payloadAt - 4, maskingKey);

  if (length < NATIVE_MASK_LENGTH) {
    maskHere(slab, payloadAt, length, maskingKey);
  } else {
    const payload = bytes(buffer, payloadAt, length);

    backend.mask(payload, maskingKey, payload, 0, length);
  }
}

/** Whether data is a view whose elements aren't bytes. */
function isNumbers(data) {
  return ArrayBuffer.isView(data) && !isUint8Array(data);
}

/** Whether every UTF-8 text of this many UTF-16 units needs the same header. */
function isHeaderSettled(units) {
  return units * 3 <= 125 || (units > 125 && units * 3 <= 0xffff);
}

/** Copies bytes; a loop is faster than a call for a few. */
function copyBytes(source, target, at) {
  if (source.length > 32) {
    target.set(source, at);
    return;
  }

  for (let i = 0; i < source.length; i++) target[at + i] = source[i];
}

/**
 * Masks a short payload in the slab, by words between its first and last bytes.
 */
function maskHere({ buffer, words }, at, length, maskingKey) {
  const end = at + length;
  const firstWord = (at + 3) >>> 2;
  const endWord = end >>> 2;
  let i = at;

  laidKey[at & 3] = maskingKey[0];
  laidKey[(at + 1) & 3] = maskingKey[1];
  laidKey[(at + 2) & 3] = maskingKey[2];
  laidKey[(at + 3) & 3] = maskingKey[3];

  if (firstWord < endWord) {
    const word = laidKeyWord[0];

    for (; i < firstWord << 2; i++) buffer[i] ^= laidKey[i & 3];
    for (let j = firstWord; j < endWord; j++) words[j] ^= word;
    i = endWord << 2;
  }

  for (; i < end; i++) buffer[i] ^= laidKey[i & 3];
}

/** The masking key of the next frame, if it is to be masked. */
function keyOf(sender, isMasked) {
  return isMasked ? nextKey(sender._generateMask, sender._maskBuffer) : null;
}

module.exports = { isPlain, isWatched, senderMethods, sendPlain };
