'use strict';

const { nextTick } = require('../builtins');
const { emit } = require('./emit');
const inflateOrSkip = require('../deflate/inflate-or-skip');
const EventReader = require('./event-reader');
const { skipsOverlong } = require('../limits/overlong');
const {
  CONCLUDE,
  CONCLUDED,
  DONE,
  FAIL,
  INFLATE_LATER,
  NOTHING
} = require('./outcomes');
const { beginChunk, endChunk, turn } = require('../outbox/turn');

/**
 * Delivers chunks that come through the receiver's stream. It may stop at any
 * event, until something is inflated or its turn comes. It ends the connection.
 * Later chunks stay in the stream meanwhile.
 */
class StreamDelivery extends EventReader {
  /**
   * @param {Receiver} receiver A receiver that has not read anything yet
   * @param {WsCopy} copy The copy of ws that it belongs to
   */
  constructor(receiver, copy) {
    super(receiver, copy);
    this.isFailed = false;

    // What became of the event before, if that is still to be dealt with.
    this.outcome = NOTHING;
    this.isInflatedLater = false;

    /** The stream's callback, if the chunk came through the stream. */
    this.cb = null;
    this.isDirect = false;
    this.isRunning = false;
    this.isWaiting = false;
    /** A chunk written from inside a handler of this receiver's own. */
    this.queued = null;
  }

  /**
   * Takes a chunk from the stream.
   *
   * @param {Buffer} chunk The chunk
   * @param {Function} cb Called once it is done, with the error if there was one
   */
  take(chunk, cb) {
    if (this.isFailed) {
      // A stream hands over the chunks that it holds even after an error.
      cb();
    } else if (this.isDirect) {
      this.queued = { chunk, cb };
    } else if (this.chunk === null) {
      this.open(chunk);
      this.outcome = NOTHING;
      this.cb = cb;
      this.run();
    } else {
      // The rest of a chunk, from `handOver()`.
      this.cb = cb;
      if (!this.isWaiting) this.run();
    }
  }

  /** @private */
  takeQueued(err) {
    const { chunk, cb } = this.queued;

    this.queued = null;
    if (err) cb(err);
    else this.take(chunk, cb);
  }

  /**
   * Goes on until the chunk is done or something must be waited for.
   *
   * @private
   */
  run() {
    const wasLast = turn.isLast;

    this.isRunning = true;
    beginChunk();

    try {
      while (!this.isWaiting && this.proceed());
    } catch (err) {
      // A listener threw. The connection goes on. The error is thrown as usual,
      // but not through the stream: that would lose count of its chunks.
      nextTick(rethrow, err);
      if (this.chunk !== null && !this.isWaiting) this.wait(nextTick);
    } finally {
      this.isRunning = false;
      this.release();
      endChunk(wasLast);
    }
  }

  /**
   * Deals with what became of the last event, or takes the next ones.
   *
   * @return {Boolean} Whether there may be more to do
   * @private
   */
  proceed() {
    const { outcome, receiver, reception } = this;

    this.outcome = NOTHING;

    switch (outcome) {
      case NOTHING:
        this.isInflatedLater = false;
        this.outcome = this.advance();
        return true;
      case DONE:
        return this.finish();
      case INFLATE_LATER:
        this.inflateLater();
        return true;
      case CONCLUDE:
        this.outcome = CONCLUDED;
        receiver.emit('conclude', reception.code, reception.data);
        return true;
      case CONCLUDED:
        receiver.end();
        return this.finish();
      case FAIL:
        return this.finish(reception.data);
      default:
        this.emit(outcome);
        return true;
    }
  }

  /** @private */
  emit(outcome) {
    const { receiver } = this;
    const { copy, data, isBinary } = this.reception;

    // ws never defers an inflated text message, and older copies defer no
    // inflated message at all: inflating is asynchronous there. Where it was
    // asynchronous here, this is a new turn already.
    const isDeferred =
      this.isDeferred &&
      !(this.isInflatedLater && (!isBinary || copy.defersLess));

    if (!isDeferred) emit(receiver, copy, outcome, data, isBinary);
    else {
      this.wait(copy.defer, () => {
        emit(receiver, copy, outcome, data, isBinary);
      });
    }
  }

  /**
   * Waits for a frame's payload to be inflated.
   *
   * @private
   */
  inflateLater() {
    const { receiver, reception } = this;

    this.isInflatedLater = true;
    this.isWaiting = true;

    const extension = receiver._extensions['permessage-deflate'];
    const done = (err, text) => {
      this.isWaiting = false;
      this.outcome = reception.inflated(err, text);
      if (!this.isRunning) this.run();
    };

    if (skipsOverlong(receiver)) {
      const { copy, data, inflateFlags } = reception;

      inflateOrSkip(extension, copy, data, inflateFlags, done);
    } else {
      extension.decompress(reception.data, reception.endsMessage, done);
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
    this.isWaiting = true;
    defer(() => {
      this.isWaiting = false;
      // The rest is delivered even if this throws.
      if (before === undefined) this.run();
      else this.runAfter(before);
    });
  }

  /** @private */
  runAfter(before) {
    let isThrown = true;

    try {
      before();
      isThrown = false;
    } finally {
      if (isThrown) this.wait(nextTick);
    }

    this.run();
  }

  /**
   * Ends the chunk. The stream may bring the next one from inside its callback.
   *
   * @param {Error} [err] What failed the connection
   * @return {Boolean} `false`
   * @private
   */
  finish(err) {
    const { cb } = this;

    this.close();
    this.cb = null;
    if (err) this.isFailed = true;

    if (cb !== null) cb(err);
    else if (this.queued !== null) this.takeQueued(err);
    else if (err) this.receiver.destroy(err);

    return false;
  }
}

function rethrow(err) {
  throw err;
}

module.exports = StreamDelivery;
