'use strict';

const Assembly = require('./assembly');
const backend = require('../backend/backend');
const { createError, DETACHED } = require('../errors');
const { contextsOf } = require('../deflate/extension');
const Decoder = require('./decoder');
const {
  BINARY,
  CARRIED,
  CARRIED_OFFSET,
  CLOSE,
  COMPRESSED,
  DETAIL,
  ENDS_FRAME,
  ENDS_MESSAGE,
  ERROR,
  IS_TEXT,
  KIND_MASK,
  LEFT_OUT,
  LENGTH,
  LEN_HIGH_SHIFT,
  OFFSET,
  PIECE,
  PING,
  PONG,
  SKIPPED,
  SKIPS_TOO_BIG,
  STARTS_FRAME,
  TEXT,
  UNFINISHED
} = require('./event-table');
const { binaryData, slice, textData } = require('./message-data');
const { kOverlong } = require('../limits/overlong');
const kCounted = require('../metrics/counting/symbol');
const {
  CONCLUDE,
  EMIT_MESSAGE,
  EMIT_PING,
  EMIT_PONG,
  FAIL,
  INFLATE,
  INFLATE_LATER,
  NOTHING
} = require('./outcomes');

const NO_TEXT = Buffer.alloc(0);

/**
 * What a connection receives: its decoder, and the message that is under way.
 * Turns events into data. What it makes of the last one is in its fields.
 */
class Reception {
  /**
   * @param {Receiver} receiver A receiver that has not read anything yet
   * @param {WsCopy} copy The copy of ws that it belongs to
   */
  constructor(receiver, copy) {
    this.receiver = receiver;
    this.copy = copy;
    this.decoder = new Decoder(receiver);

    this.assembly = null;
    this.fragments = [];
    this.messageLength = 0;

    // What became of the last event: a message, a payload or an error; the
    // flags of a piece; a close code.
    this.data = null;
    this.isBinary = false;
    this.flags = 0;
    this.code = 0;
  }

  /**
   * Whether the next bytes are all part of a frame's payload that has begun.
   *
   * @param {Number} length How many
   */
  isAllPayload(length) {
    const { assembly } = this;

    return (
      assembly !== null && length <= assembly.frameLength - assembly.length
    );
  }

  /**
   * Takes one event of the table.
   *
   * @param {Buffer} chunk The chunk that was decoded
   * @param {Number} base Where in the chunk decoding began
   * @param {Uint32Array} table The event table, or a copy
   * @param {Number} at The event's first word
   * @return {Number} What became of it
   */
  take(chunk, base, table, at) {
    const word = table[at];
    const offset = base + table[at + OFFSET];
    const length = table[at + LENGTH];

    switch (word & KIND_MASK) {
      case TEXT:
        this.isBinary = false;
        this.data =
          length === 0 ? this.copy.EMPTY_BUFFER : slice(chunk, offset, length);
        return EMIT_MESSAGE;
      case BINARY:
        this.isBinary = true;
        this.data = binaryData(
          length === 0 ? [] : [slice(chunk, offset, length)],
          length,
          this.copy,
          this.receiver._binaryType
        );
        return EMIT_MESSAGE;
      case PIECE: {
        const piece = slice(chunk, offset, length);

        return this.takePiece(piece, word, table[at + DETAIL]);
      }
      case PING:
      case PONG:
        this.data = this.control(chunk, table, word, offset, length);
        return (word & KIND_MASK) === PING ? EMIT_PING : EMIT_PONG;
      case CLOSE: {
        const body = this.control(chunk, table, word, offset, length);

        this.code = table[at + DETAIL];
        this.data = length === 0 ? body : slice(body, 2, length - 2);
        return CONCLUDE;
      }
      case ERROR:
        return this.fail(table[at + OFFSET], length);
    }
  }

  /**
   * Takes a stretch of a frame that isn't a whole message.
   *
   * @private
   */
  takePiece(piece, word, frameLengthLow) {
    let payload = piece;

    if (word & SKIPPED) return this.skipPiece(piece, word);

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
    this.flags = word;
    if (!(word & COMPRESSED)) return this.addFragment(payload);

    this.data = payload.length === 0 ? this.copy.EMPTY_BUFFER : payload;
    return INFLATE;
  }

  /**
   * Takes a stretch of a message that is skipped. Compressed data is inflated
   * all the same, since later messages may refer to it.
   *
   * @private
   */
  skipPiece(piece, word) {
    this.flags = word;
    if (!(word & COMPRESSED)) return this.leaveOut();

    this.assembly = null;
    this.data = piece.length === 0 ? this.copy.EMPTY_BUFFER : piece;
    return INFLATE;
  }

  /**
   * Drops what has arrived of the message, and reports it when it ends.
   *
   * @private
   */
  leaveOut() {
    this.assembly = null;
    this.fragments = [];
    this.messageLength = 0;
    this.data = null;
    if (this.endsMessage) this.receiver[kOverlong]?.();
    return NOTHING;
  }

  /** What the codec needs to know about the last piece to inflate it. */
  get inflateFlags() {
    return this.receiver[kOverlong] === undefined
      ? this.flags
      : this.flags | SKIPS_TOO_BIG;
  }

  /** Whether the last piece was the last of its message. */
  get endsMessage() {
    return (this.flags & ENDS_MESSAGE) !== 0;
  }

  /**
   * Inflates the payload that `take()` found, if it is short.
   *
   * @return {Number} What became of it; `INFLATE_LATER` if that must wait
   */
  inflateNow() {
    const { copy, decoder } = this;
    const contexts = contextsOf(
      this.receiver._extensions['permessage-deflate'],
      copy
    );

    if (contexts === null) return INFLATE_LATER;

    const outcome = contexts.inflateNow(
      this.data,
      this.inflateFlags,
      decoder.id
    );

    if (outcome === UNFINISHED) return INFLATE_LATER;
    if (outcome === LEFT_OUT) return this.leaveOut();
    if (outcome >= 0) return this.addFragment(contexts.takeText(outcome));

    this.data = contexts.error(outcome, copy.kStatusCode);
    return FAIL;
  }

  /**
   * Takes what the payload that `take()` found was inflated to elsewhere.
   *
   * @param {(Error|null)} err Why it couldn't be inflated
   * @param {(Buffer|Number)} text The text; `LEFT_OUT` if that is too long
   * @return {Number} What became of it
   */
  inflated(err, text) {
    if (err) {
      this.data = err;
      return FAIL;
    }

    if (text === LEFT_OUT) {
      backend.checkInflated(this.decoder.id, NO_TEXT, this.flags | SKIPPED);
      return this.leaveOut();
    }

    const outcome = backend.checkInflated(this.decoder.id, text, this.flags);

    return outcome < 0 ? this.fail(~outcome, 0) : this.addFragment(text);
  }

  /** Fails the connection, since a handler took the chunk's memory away. */
  failDetached() {
    return this.fail(DETACHED, 0);
  }

  /** @private */
  fail(number, detail) {
    this.data = createError(number, detail, this.copy.kStatusCode);
    return FAIL;
  }

  /**
   * Adds the payload of a frame, inflated, to the message under way.
   *
   * @private
   */
  addFragment(payload) {
    if (payload.length > 0) {
      this.messageLength += payload.length;
      this.fragments.push(payload);
    }

    return this.endsMessage ? this.finishMessage() : NOTHING;
  }

  /**
   * Turns the fragments into the message's data.
   *
   * @private
   */
  finishMessage() {
    const { copy, fragments, isBinary, messageLength, receiver } = this;

    this.fragments = [];
    this.messageLength = 0;
    receiver[kCounted]?.countReceived(isBinary, messageLength);
    this.data = isBinary
      ? binaryData(fragments, messageLength, copy, receiver._binaryType)
      : textData(fragments, messageLength, copy);
    return EMIT_MESSAGE;
  }

  /**
   * A control frame's payload.
   *
   * @private
   */
  control(chunk, table, word, offset, length) {
    if (length === 0) return this.copy.EMPTY_BUFFER;
    if (!(word & CARRIED)) return slice(chunk, offset, length);

    const start = table.byteOffset + CARRIED_OFFSET;

    return Buffer.from(new Uint8Array(table.buffer, start, length));
  }
}

module.exports = Reception;
