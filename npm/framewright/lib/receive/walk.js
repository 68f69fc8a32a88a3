'use strict';

const backend = require('../backend/backend');
const { nextTick } = require('../builtins');
const emit = require('./emit');
const { COUNT, EVENTS_AT, EVENT_WORDS, TAKEN } = require('./event-table');
const { beginChunk, endChunk, turn } = require('../send/turn');
const {
  CONCLUDE,
  EMIT_MESSAGE,
  EMIT_PING,
  EMIT_PONG,
  FAIL,
  INFLATE,
  INFLATE_LATER,
  NOTHING
} = require('./reception');

/**
 * Goes through one chunk's events where that can't be done in one go: when
 * something is inflated or deferred, when a listener threw, when the connection
 * ends, or when a chunk is written from inside another one's handlers. It has
 * its own copy of the table, so it may stop and go on at any time.
 */
class Walk {
  /**
   * @param {Receiver} receiver The receiver
   * @param {Reception} reception Its state
   * @param {Buffer} chunk The chunk
   * @param {Function} cb Called once the chunk is done, with the error if there
   *     was one
   */
  constructor(receiver, reception, chunk, cb) {
    this.receiver = receiver;
    this.reception = reception;
    this.chunk = chunk;
    this.chunkLength = chunk.length;
    this.cb = cb;

    // Where in the chunk the table's events begin, and how far they reach; the
    // next event's word; whether anything was decoded yet.
    this.table = null;
    this.base = 0;
    this.taken = 0;
    this.at = 0;

    this.outcome = NOTHING;
    this.inflatedLater = false;
    this.concluded = false;
    this.running = false;
    this.waiting = false;
  }

  /**
   * Takes over from the fast path, in the middle of a table.
   *
   * @param {Number} base Where in the chunk the table's events begin
   * @param {Number} at The next event's word
   * @param {Number} end The word behind the last event
   * @param {Number} outcome What became of the event before, if that is still
   *     to be dealt with
   */
  takeOver(base, at, end, outcome) {
    this.table = backend.table.slice(0, end);
    this.base = base;
    this.taken = backend.table[TAKEN];
    // It may be detached already.
    this.chunkLength = Math.max(this.chunkLength, base + this.taken);
    this.at = at;
    this.outcome = outcome;
  }

  /**
   * Goes on until the chunk is done or something must be waited for.
   */
  run() {
    const wasLast = turn.isLast;

    this.running = true;
    beginChunk();

    try {
      while (!this.waiting && this.step());
    } catch (err) {
      // A listener threw. The connection goes on, and the error goes its way,
      // though not through the stream: that would lose count of its chunks.
      nextTick(rethrow, err);
      if (!this.waiting) this.wait(nextTick);
    } finally {
      this.running = false;
      endChunk(wasLast);
    }
  }

  /**
   * Stops, to go on when `defer` calls back.
   *
   * @param {Function} defer `setImmediate` or its like
   * @param {Function} [before] What to do first then
   * @private
   */
  wait(defer, before) {
    this.waiting = true;
    defer(() => {
      this.waiting = false;
      // Whatever is left goes on even if this throws.
      if (before === undefined) this.run();
      else this.runAfter(before);
    });
  }

  /** @private */
  runAfter(before) {
    let thrown = true;

    try {
      before();
      thrown = false;
    } finally {
      if (thrown) this.wait(nextTick);
    }

    this.run();
  }

  /**
   * @return {Boolean} Whether there may be more to do
   * @private
   */
  step() {
    const outcome = this.outcome;

    this.outcome = NOTHING;

    switch (outcome) {
      case EMIT_MESSAGE:
      case EMIT_PING:
      case EMIT_PONG:
        this.emit(outcome);
        return true;
      case INFLATE:
        this.outcome = this.reception.inflateNow(this.receiver);
        return true;
      case INFLATE_LATER:
        this.inflateLater();
        return true;
      case CONCLUDE:
        this.concluded = true;
        this.receiver.emit(
          'conclude',
          this.reception.code,
          this.reception.data
        );
        return true;
      case FAIL:
        return this.finish(this.reception.data);
      default:
        return this.next();
    }
  }

  /**
   * Takes the next event, and decodes on where the table was full.
   *
   * @private
   */
  next() {
    if (this.concluded) {
      this.receiver.end();
      return this.finish();
    }

    const isDetached = this.chunk.length !== this.chunkLength;

    if (this.table !== null && this.at < this.table.length) {
      if (isDetached) {
        this.outcome = this.reception.failDetached();
        return true;
      }

      const at = this.at;

      this.at += EVENT_WORDS;
      turn.isLast =
        this.at >= this.table.length &&
        this.base + this.taken >= this.chunkLength;
      this.inflatedLater = false;
      this.outcome = this.reception.take(
        this.receiver,
        this.chunk,
        this.base,
        this.table,
        at
      );
      return true;
    }

    const isDecoded = this.table !== null;

    this.base += this.taken;
    if (isDecoded && this.base >= this.chunkLength) return this.finish();

    if (isDetached) this.outcome = this.reception.failDetached();
    else this.decode();
    return true;
  }

  /**
   * Decodes on, and leaves the shared table as it was: the handlers of another
   * chunk may be in the middle of it.
   *
   * @private
   */
  decode() {
    const { table } = backend;
    const other = table.slice(0, EVENTS_AT + table[COUNT] * EVENT_WORDS);

    backend.decode(this.reception.id, this.chunk, this.base);
    this.takeOver(
      this.base,
      EVENTS_AT,
      EVENTS_AT + table[COUNT] * EVENT_WORDS,
      NOTHING
    );
    table.set(other);
  }

  /** @private */
  emit(outcome) {
    const { receiver, reception } = this;

    // ws never defers a text message that was inflated, and older copies no
    // inflated message at all: inflating is asynchronous there. Where it is
    // here, the turn is a new one already.
    const isDeferred =
      reception.deferred &&
      !(
        this.inflatedLater &&
        (!reception.isBinary || reception.copy.defersLess)
      );

    if (!isDeferred) {
      emit(
        receiver,
        reception.copy,
        outcome,
        reception.data,
        reception.isBinary
      );
      return;
    }

    const { copy, data, isBinary } = reception;

    this.wait(copy.defer, () => {
      emit(receiver, copy, outcome, data, isBinary);
    });
  }

  /**
   * Waits for a frame's payload to be inflated.
   *
   * @private
   */
  inflateLater() {
    const { receiver, reception } = this;

    this.inflatedLater = true;
    this.waiting = true;
    receiver._extensions['permessage-deflate'].decompress(
      reception.data,
      reception.endsMessage,
      (err, payload) => {
        this.waiting = false;
        this.outcome = err
          ? reception.fail(err)
          : reception.inflated(receiver, payload);

        if (!this.running) this.run();
      }
    );
  }

  /**
   * Ends the walk.
   *
   * @param {Error} [err] What failed the connection
   * @return {Boolean} `false`
   * @private
   */
  finish(err) {
    this.reception.walk = null;
    // Idle connections keep no message alive.
    this.reception.data = null;

    if (err) {
      this.reception.isFailed = true;
      this.cb(err);
    } else {
      this.cb();
    }

    return false;
  }
}

function rethrow(err) {
  throw err;
}

module.exports = Walk;
