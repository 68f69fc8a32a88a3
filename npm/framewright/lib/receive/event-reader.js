'use strict';

const backend = require('../backend/backend');
const { emit, emitMessage } = require('./emit');
const {
  BINARY,
  COUNT,
  EVENTS_AT,
  EVENT_WORDS,
  LENGTH,
  OFFSET,
  TAKEN,
  TEXT
} = require('./event-table');
const { kOverlong } = require('../limits/overlong');
const kCounted = require('../metrics/counting/symbol');
const { DONE, EMIT_PONG, INFLATE, NOTHING } = require('./outcomes');
const Reception = require('./reception');
const { turn } = require('../outbox/turn');

const FastBuffer = Buffer[Symbol.species];

/**
 * The reader that the codec's event table belongs to now; others have copies.
 */
let reader = null;

/**
 * Has a connection's chunks decoded, and goes through their events. It may stop at
 * any event and go on later: then it has a copy of the table.
 */
class EventReader {
  /**
   * @param {Receiver} receiver A receiver that has not read anything yet
   * @param {WsCopy} copy The copy of ws that it belongs to
   */
  constructor(receiver, copy) {
    this.receiver = receiver;
    this.reception = new Reception(receiver, copy);
    this.isDeferred = copy.defers && !receiver._allowSynchronousEvents;

    // The chunk under way, its length when it came, and where its bytes must
    // still be copied from.
    this.chunk = null;
    this.chunkLength = 0;
    this.source = null;

    // The event table, or a copy; where in the chunk its events begin; the next
    // event's word, and the one after the last event.
    this.table = null;
    this.base = 0;
    this.at = 0;
    this.end = 0;

    /** What emits whole messages. */
    this.emitMessage = emitMessage;
  }

  /** Whether no reader is in the middle of the table. */
  static isTableFree() {
    return reader === null;
  }

  /**
   * Takes the next chunk.
   *
   * @param {Buffer} chunk The chunk
   * @param {Buffer} [source] What to copy it from first
   */
  open(chunk, source = null) {
    const { decoder } = this.reception;
    const { receiver } = this;

    if (
      receiver._maxPayload !== decoder.maxPayload ||
      (receiver[kOverlong] !== undefined) !== decoder.skips
    ) {
      decoder.followLimit(receiver);
    }

    this.chunk = chunk;
    this.chunkLength = chunk.length;
    this.source = source;
    this.base = 0;
  }

  /** Forgets the chunk: idle connections keep no memory alive. */
  close() {
    this.chunk = null;
    this.table = null;
    this.reception.data = null;
  }

  /**
   * Delivers the events of a chunk, from `at` on, until all are delivered or
   * something can't be done at once.
   *
   * @return {Number} `DONE`, or what is to be dealt with
   */
  advance() {
    const { chunk, chunkLength, isDeferred, receiver, reception } = this;
    const { buffer: memory, byteOffset: origin } = chunk;
    const { copy } = reception;

    if (this.table === null) this.decode();

    for (;;) {
      const { base, emitMessage, end, table } = this;
      const next = base + table[TAKEN];
      let { at } = this;

      turn.isLast = false;

      while (at < end) {
        if (chunk.length !== chunkLength) return reception.failDetached();

        const kind = table[at];

        // Spelled out, since most events are whole messages in a Buffer.
        if (
          (kind === TEXT ||
            (kind === BINARY && receiver._binaryType === 'nodebuffer')) &&
          !isDeferred
        ) {
          const offset = origin + base + table[at + OFFSET];
          const length = table[at + LENGTH];

          this.at = at += EVENT_WORDS;
          if (at === end) turn.isLast = next >= chunkLength;
          emitMessage(
            receiver,
            length === 0
              ? copy.EMPTY_BUFFER
              : new FastBuffer(memory, offset, length),
            kind === BINARY
          );
          continue;
        }

        let outcome = reception.take(chunk, base, table, at);

        this.at = at += EVENT_WORDS;
        if (at === end) turn.isLast = next >= chunkLength;
        if (outcome === INFLATE) outcome = reception.inflateNow();
        if (outcome === NOTHING) continue;
        if (outcome > EMIT_PONG || isDeferred) return outcome;

        emit(receiver, copy, outcome, reception.data, reception.isBinary);
      }

      if (next >= chunkLength) return DONE;
      if (chunk.length !== chunkLength) return reception.failDetached();

      this.base = next;
      this.decode();
    }
  }

  /**
   * Decodes on, and leaves the table as it was where another delivery is in the
   * middle of it.
   *
   * @private
   */
  decode() {
    const { table } = backend;

    if (reader === null || reader === this) {
      reader = this;
      this.fillTable();
      this.table = table;
    } else {
      const other = table.slice(0, EVENTS_AT + table[COUNT] * EVENT_WORDS);

      this.fillTable();
      this.table = table.slice(0, this.end);
      table.set(other);
    }

    this.at = EVENTS_AT;

    const counted = this.receiver[kCounted];

    if (counted !== undefined) {
      this.emitMessage = counted.countEvents(this.table, this.end);
    }
  }

  /** @private */
  fillTable() {
    const { base, chunk, source } = this;
    const { id } = this.reception.decoder;

    if (source !== null) {
      backend.decode(id, chunk, 0, source);
      this.source = null;
    } else if (base !== 0) {
      backend.decode(id, chunk, base);
    } else {
      // An argument takes 3 ns or more to read.
      backend.decode(id, chunk);
    }

    this.end = EVENTS_AT + backend.table[COUNT] * EVENT_WORDS;
  }

  /** Leaves the table to others. */
  release() {
    if (reader !== this) return;
    reader = null;
    if (this.chunk !== null) this.table = this.table.slice(0, this.end);
  }
}

module.exports = EventReader;
