'use strict';

const { Writable } = require('stream');

const { nextTick } = require('../builtins');
const { bytesRead, memory, shared } = require('../io/shared-buffer');
const EventReader = require('./event-reader');
const { DONE, NOTHING } = require('./outcomes');
const progressOf = require('./progress');
const StreamDelivery = require('./stream-delivery');
const { beginChunk, endChunk, turn } = require('../outbox/turn');

/**
 * Delivers what a connection receives, one chunk at a time.
 *
 * Most chunks are finished here, in one go. Where something must be waited for,
 * where a listener throws or the connection ends, the rest of the chunk goes
 * through the receiver's stream: later chunks queue there, and errors are
 * reported as usual.
 */
class Delivery extends StreamDelivery {
  /** Whether the next chunk can be delivered at once. */
  isIdle() {
    return (
      EventReader.isTableFree() &&
      this.chunk === null &&
      !this.isDeferred &&
      !this.isFailed &&
      this.reception.decoder.id !== -1
    );
  }

  /** Whether every message that has begun is delivered. */
  isBetweenMessages() {
    return (
      this.chunk === null &&
      this.queued === null &&
      !this.isFailed &&
      this.reception.decoder.isBetweenMessages()
    );
  }

  /**
   * How far delivery has got, for an inspector that starts to watch.
   *
   * @return {(Object|null)} As `progressOf()`
   */
  progress() {
    return progressOf(this);
  }

  /**
   * @param {Function} cb Called once no chunk is under way, before the next one
   */
  whenDone(cb) {
    if (this.chunk === null) {
      cb();
      return;
    }

    const { close } = this;
    const isOwn = Object.hasOwn(this, 'close');

    this.close = () => {
      if (isOwn) this.close = close;
      else delete this.close;

      this.close();
      cb();
    };
  }

  /** Frees the decoder. */
  free() {
    this.reception.decoder.close();
  }

  /**
   * Takes what Node has read into the shared buffer, bypassing both streams.
   * Where all of it belongs to one frame's payload, it is copied straight to
   * the rest of that payload. Anything else gets memory of its own first: the
   * next read may come before the app is done with it.
   *
   * @param {Number} length How many bytes
   * @return {Boolean} What `receiver.write()` would return
   */
  deliverRead(length) {
    return this.reception.isAllPayload(length)
      ? this.deliver(bytesRead(length))
      : this.deliver(memory(length), shared);
  }

  /**
   * Takes a chunk without the stream, which is idle.
   *
   * @param {Buffer} chunk The chunk
   * @param {Buffer} [source] What to copy the chunk from first
   * @return {Boolean} What `receiver.write()` returns
   */
  deliver(chunk, source = null) {
    const wasLast = turn.isLast;
    let hasRoom = true;
    let isThrown = true;

    this.open(chunk, source);
    this.outcome = NOTHING;
    this.cb = null;
    this.isDirect = true;
    beginChunk();

    try {
      this.outcome = this.advance();
      isThrown = false;
    } finally {
      this.isDirect = false;

      if (isThrown || this.outcome !== DONE) {
        this.release();
        hasRoom = this.handOver(isThrown, wasLast);
      } else {
        this.close();
        this.release();
        endChunk(wasLast);
      }
    }

    if (this.queued !== null && this.chunk === null) this.takeQueued();
    return hasRoom;
  }

  /**
   * Leaves the rest of a chunk to the stream. Frames that were sent leave after
   * that, since a socket may deliver the answer at once.
   *
   * @return {Boolean} What `receiver.write()` returns
   * @private
   */
  handOver(isThrown, wasLast) {
    const { receiver } = this;

    try {
      // The error is thrown as usual, and the remaining events are delivered
      // next.
      if (isThrown) this.wait(nextTick);

      // The stream keeps the chunk longer than the shared buffer keeps its
      // bytes.
      if (this.chunk.buffer === shared.buffer) {
        this.chunk = Buffer.from(this.chunk);
      }

      if (this.queued === null && takesChunks(receiver._writableState)) {
        return Writable.prototype.write.call(receiver, this.chunk);
      }

      // The handlers wrote to this receiver or ended it: the stream can't take this
      // chunk any more.
      if (!this.isWaiting) this.run();
      return true;
    } finally {
      endChunk(wasLast);
    }
  }
}

/**
 * Whether an idle receiver's stream would hand a chunk to `_write()` at once.
 * The fewer of its properties are read the better: most of them are accessors
 * that all streams share, and slow.
 */
function takesChunks(state) {
  return state.length === 0 && state.corked === 0 && !state.ending;
}

module.exports = { Delivery, takesChunks };
