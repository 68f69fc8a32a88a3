'use strict';

const { isUtf8 } = require('buffer');

const Assembly = require('./assembly');
const backend = require('../backend/backend');
const {
  createError,
  detachedError,
  INVALID_UTF8,
  MESSAGE_TOO_BIG
} = require('../errors');
const {
  BINARY,
  CARRIED,
  CARRIED_OFFSET,
  CLOSE,
  COMPRESSED,
  ENDS_FRAME,
  ENDS_MESSAGE,
  ERROR,
  IS_TEXT,
  KIND_MASK,
  LEN_HIGH_SHIFT,
  PIECE,
  PING,
  PONG,
  STARTS_FRAME,
  TEXT
} = require('./event-table');

const { contextsOf } = require('../deflate/extension');

const FastBuffer = Buffer[Symbol.species];

// What became of an event.
const NOTHING = 0;
const EMIT_MESSAGE = 1;
const EMIT_PING = 2;
const EMIT_PONG = 3;
const INFLATE = 4;
const CONCLUDE = 5;
const FAIL = 6;
const INFLATE_LATER = 7;

/** ws's limits of today, for copies that have none of their own. */
const MAX_FRAGMENTS = 16 * 1024;
const MAX_BUFFERED_CHUNKS = 256 * 1024;

/** Frees the decoders of receivers that were dropped without being closed. */
const dropped = new FinalizationRegistry((id) => backend.closeDecoder(id));

/**
 * What one Receiver keeps between chunks: its decoder, and the message that is
 * under way.
 */
class Reception {
  /**
   * @param {Receiver} receiver A receiver that has not read anything yet
   * @param {WsCopy} copy The copy of ws that it belongs to
   */
  constructor(receiver, copy) {
    const { _extensions: extensions } = receiver;

    this.isStock = false;
    this.copy = copy;
    this.deferred = copy.defers && !receiver._allowSynchronousEvents;
    this.maxPayload = receiver._maxPayload;
    this.id = backend.openDecoder({
      isServer: receiver._isServer,
      permessageDeflate: !!extensions['permessage-deflate'],
      skipUtf8Validation: receiver._skipUTF8Validation,
      maxPayloadLen: limit(this.maxPayload),
      maxFragments: limit(receiver._maxFragments, MAX_FRAGMENTS),
      maxBufferedChunks: limit(receiver._maxBufferedChunks, MAX_BUFFERED_CHUNKS)
    });
    dropped.register(receiver, this.id, this);

    this.isFailed = false;

    // The walk that is suspended, and a chunk written from inside a handler.
    this.walk = null;
    this.isBusy = false;
    this.queued = null;

    this.assembly = null;
    this.fragments = [];
    this.messageLength = 0;

    // What `take()` made of the last event.
    this.data = null;
    this.isBinary = false;
    this.endsMessage = false;
    this.code = 0;
  }

  /** Whether the next chunk can be decoded and delivered at once. */
  isIdle() {
    return (
      this.walk === null &&
      !this.isBusy &&
      !this.deferred &&
      !this.isFailed &&
      this.id !== -1
    );
  }

  /** Whether nothing of a message has come that isn't delivered. */
  isBetweenMessages() {
    return (
      this.walk === null &&
      !this.isBusy &&
      this.queued === null &&
      this.id !== -1 &&
      !this.isFailed &&
      backend.isBetweenMessages(this.id)
    );
  }

  /**
   * Takes over a limit that the application has changed, which counts from the
   * next header on.
   *
   * @param {Receiver} receiver The receiver
   */
  follow({ _maxPayload: maxPayload }) {
    this.maxPayload = maxPayload;
    backend.setMaxPayloadLen(this.id, limit(maxPayload));
  }

  /** Frees the decoder. */
  close() {
    if (this.id === -1) return;
    dropped.unregister(this);
    backend.closeDecoder(this.id);
    this.id = -1;
  }

  /**
   * Takes one event of the table.
   *
   * @param {Receiver} receiver The receiver
   * @param {Buffer} chunk The chunk that was decoded
   * @param {Number} base Where in the chunk decoding began
   * @param {Uint32Array} table The event table, or a copy
   * @param {Number} at The event's first word
   * @return {Number} What to do now, with `data` and its like set for it
   */
  take(receiver, chunk, base, table, at) {
    const word = table[at];
    const offset = base + table[at + 1];
    const length = table[at + 2];

    switch (word & KIND_MASK) {
      case TEXT:
        this.isBinary = false;
        this.data =
          length === 0 ? this.copy.EMPTY_BUFFER : slice(chunk, offset, length);
        return EMIT_MESSAGE;
      case BINARY:
        this.isBinary = true;
        this.data = this.binary(
          receiver,
          length === 0 ? [] : [slice(chunk, offset, length)],
          length
        );
        return EMIT_MESSAGE;
      case PIECE:
        return this.takePiece(
          receiver,
          slice(chunk, offset, length),
          word,
          table[at + 3]
        );
      case PING:
        this.data = this.control(chunk, table, word, offset, length);
        return EMIT_PING;
      case PONG:
        this.data = this.control(chunk, table, word, offset, length);
        return EMIT_PONG;
      case CLOSE: {
        const body = this.control(chunk, table, word, offset, length);

        this.code = table[at + 3];
        this.data = length === 0 ? body : slice(body, 2, length - 2);
        return CONCLUDE;
      }
      case ERROR:
        this.data = createError(
          table[at + 1],
          length,
          table[at + 3],
          this.copy.kStatusCode
        );
        return FAIL;
    }
  }

  /**
   * Takes a stretch of a frame that isn't a whole message.
   *
   * @private
   */
  takePiece(receiver, piece, word, frameLengthLow) {
    let payload = piece;

    if ((word & (STARTS_FRAME | ENDS_FRAME)) !== (STARTS_FRAME | ENDS_FRAME)) {
      if (word & STARTS_FRAME) {
        this.assembly = new Assembly(
          (word >>> LEN_HIGH_SHIFT) * 0x100000000 + frameLengthLow
        );
      }

      this.assembly.append(piece);
      if (!(word & ENDS_FRAME)) return NOTHING;

      payload = this.assembly.finish();
      this.assembly = null;
    }

    this.isBinary = !(word & IS_TEXT);
    this.endsMessage = (word & ENDS_MESSAGE) !== 0;

    if (word & COMPRESSED) {
      this.data = payload.length === 0 ? this.copy.EMPTY_BUFFER : payload;
      return INFLATE;
    }

    this.addFragment(payload);
    return this.endsMessage ? this.finishMessage(receiver) : NOTHING;
  }

  /**
   * Inflates the payload that `take()` found, if it is short.
   *
   * @param {Receiver} receiver The receiver
   * @return {Number} What to do now; `INFLATE_LATER` if that must wait
   */
  inflateNow(receiver) {
    const contexts = contextsOf(
      receiver._extensions['permessage-deflate'],
      this.copy
    );

    if (contexts === null) return INFLATE_LATER;

    const text = contexts.inflateNow(
      this.data,
      this.endsMessage,
      this.copy.kStatusCode
    );

    if (text === null) return INFLATE_LATER;
    return text instanceof Error
      ? this.fail(text)
      : this.inflated(receiver, text);
  }

  /**
   * Takes an inflated payload.
   *
   * @param {Receiver} receiver The receiver
   * @param {Buffer} payload The payload
   * @return {Number} What to do now
   */
  inflated(receiver, payload) {
    if (
      this.messageLength + payload.length > this.maxPayload &&
      this.maxPayload > 0
    ) {
      return this.fail(this.error(MESSAGE_TOO_BIG, 1009));
    }

    this.addFragment(payload);
    if (!this.endsMessage) return NOTHING;

    const outcome = this.finishMessage(receiver);

    if (!this.isBinary && !receiver._skipUTF8Validation && !isUtf8(this.data)) {
      return this.fail(this.error(INVALID_UTF8, 1007));
    }

    return outcome;
  }

  /**
   * @param {Error} error What failed the connection
   * @return {Number} `FAIL`
   */
  fail(error) {
    this.data = error;
    return FAIL;
  }

  /** Fails the connection, since a handler took the chunk's memory away. */
  failDetached() {
    return this.fail(detachedError(this.copy.kStatusCode));
  }

  /** @private */
  error(number, closeCode) {
    return createError(number, 0, closeCode, this.copy.kStatusCode);
  }

  /**
   * Adds the payload of a frame, inflated, to the message under way.
   *
   * @param {Buffer} payload The payload
   */
  addFragment(payload) {
    if (payload.length === 0) return;
    this.messageLength += payload.length;
    this.fragments.push(payload);
  }

  /**
   * Turns the fragments into the message's data.
   *
   * @param {Receiver} receiver The receiver
   * @return {Number} `EMIT_MESSAGE`
   */
  finishMessage(receiver) {
    const fragments = this.fragments;
    const length = this.messageLength;

    this.fragments = [];
    this.messageLength = 0;
    this.data = this.isBinary
      ? this.binary(receiver, fragments, length)
      : this.concat(fragments, length);
    return EMIT_MESSAGE;
  }

  /**
   * A binary message's data in the type the application asked for.
   *
   * @private
   */
  binary(receiver, fragments, length) {
    switch (receiver._binaryType) {
      case 'nodebuffer':
        return this.concat(fragments, length);
      case 'arraybuffer':
        return toArrayBuffer(this.concat(fragments, length));
      case 'blob':
        // Only where this copy of ws knows blobs; else `fragments` is left.
        return this.copy.hasBlob ? new Blob(fragments) : fragments;
      default:
        return fragments;
    }
  }

  /** @private */
  concat(fragments, length) {
    if (fragments.length === 0) return this.copy.EMPTY_BUFFER;
    if (fragments.length === 1) return fragments[0];
    return Buffer.concat(fragments, length);
  }

  /**
   * A control frame's payload.
   *
   * @private
   */
  control(chunk, table, word, offset, length) {
    if (length === 0) return this.copy.EMPTY_BUFFER;
    if (word & CARRIED) {
      const start = table.byteOffset + CARRIED_OFFSET;

      return Buffer.from(new Uint8Array(table.buffer, start, length));
    }

    return slice(chunk, offset, length);
  }
}

/** A view of part of a buffer, as ws makes them: cheaper than `subarray()`. */
function slice(buffer, offset, length) {
  return new FastBuffer(buffer.buffer, buffer.byteOffset + offset, length);
}

function toArrayBuffer(buffer) {
  const { buffer: memory, byteOffset, length } = buffer;

  return length === memory.byteLength
    ? memory
    : memory.slice(byteOffset, byteOffset + length);
}

/**
 * ws takes 0 for no limit, and the codec numbers of 32 bits; a copy that lacks
 * the option gets the default.
 */
function limit(value, byDefault) {
  if (value === undefined) return byDefault;
  return value > 0 && value < 0xffffffff ? value : undefined;
}

module.exports = {
  CONCLUDE,
  EMIT_MESSAGE,
  EMIT_PING,
  EMIT_PONG,
  FAIL,
  INFLATE,
  INFLATE_LATER,
  NOTHING,
  Reception
};
