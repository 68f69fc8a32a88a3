'use strict';

const { ignore, LENGTH_LIMIT, lengthOf } = require('../backlog');

/** How much may wait for Redis at a time, in messages. */
const COUNT_LIMIT = 256 * 1024;

/** How much of a topic is sent to Redis at a time. */
const BATCH_COUNT = 256;
const BATCH_LENGTH = 1024 * 1024;

/** When to try again what Redis could not take, in ms. */
const RETRY_DELAY = 200;

/**
 * Messages on their way to topics' logs. They stay here until Redis has them,
 * however often it goes away. Each topic's messages are sent one batch after
 * the other, so they keep their order even if a cluster moves the topic
 * meanwhile.
 */
class Pending {
  /**
   * @param {Function} write Called with topic and messages; returns a promise
   *     that Redis has taken them
   * @param {Function} isHeld Called with a topic; whether it has to wait
   * @param {Function} judge Called with the reason of a rejection and the
   *     batch; returns the publishers' error, or null to try again
   */
  constructor(write, isHeld, judge) {
    this.write = write;
    this.isHeld = isHeld;
    this.judge = judge;
    this.topics = new Map();
    this.length = 0;
    this.count = 0;
    /** Numbers messages, over all topics. */
    this.number = 0;
  }

  /** @return {Boolean} Whether a message of that length may be added */
  hasRoomFor(length) {
    return this.count < COUNT_LIMIT && this.length + length <= LENGTH_LIMIT;
  }

  /**
   * @param {String} topic The topic
   * @param {Buffer} bytes The message
   * @return {Promise<void>} Resolved when Redis has taken it. Nobody has to
   *     handle its rejection
   */
  add(topic, bytes) {
    let queue = this.topics.get(topic);

    if (queue === undefined) {
      queue = { waiting: [], batch: null, triedAt: 0, isBusy: false };
      this.topics.set(topic, queue);
    }

    const message = { number: this.number++, bytes };
    const promise = new Promise((resolve, reject) => {
      message.resolve = resolve;
      message.reject = reject;
    });

    queue.waiting.push(message);
    this.length += lengthOf(topic, bytes);
    this.count++;
    // What is published in a row is sent together.
    if (queue.waiting.length === 1) queueMicrotask(() => this.flush(topic));
    return ignore(promise);
  }

  /** Tries everything that waits. */
  flushAll() {
    for (const topic of [...this.topics.keys()]) this.flush(topic);
  }

  /** @param {String} topic The topic whose messages may be sent */
  flush(topic) {
    const queue = this.topics.get(topic);

    if (queue === undefined || queue.isBusy || this.isHeld(topic)) return;

    if (queue.batch === null) {
      if (queue.waiting.length === 0) {
        this.topics.delete(topic);
        return;
      }

      queue.batch = takeBatch(queue.waiting);
      queue.triedAt = Date.now();
    }

    queue.isBusy = true;
    this.write(topic, queue.batch).then(
      () => this.settle(topic, queue, null),
      (err) => this.onFailure(topic, queue, err)
    );
  }

  /**
   * Gives up everything.
   *
   * @param {Error} reason The publishers' error
   * @return {Number} How many messages that were
   */
  clear(reason) {
    const { count } = this;

    for (const { batch, waiting } of this.topics.values()) {
      for (const { reject } of [...(batch ?? []), ...waiting]) reject(reason);
    }

    this.topics.clear();
    this.length = 0;
    this.count = 0;
    return count;
  }

  /** @private */
  onFailure(topic, queue, err) {
    if (this.topics.get(topic) !== queue) return;

    const verdict = this.judge(err, queue);

    if (verdict !== null) {
      this.settle(topic, queue, verdict);
      return;
    }

    queue.isBusy = false;
    setTimeout(() => this.flush(topic), RETRY_DELAY).unref();
  }

  /** @private */
  settle(topic, queue, err) {
    if (this.topics.get(topic) !== queue) return;

    const { batch } = queue;

    queue.batch = null;
    queue.isBusy = false;

    for (const { bytes, reject, resolve } of batch) {
      this.length -= lengthOf(topic, bytes);
      this.count--;
      if (err) reject(err);
      else resolve();
    }

    this.flush(topic);
  }
}

/** Takes the first messages out of a list. */
function takeBatch(waiting) {
  let count = 0;
  let length = 0;

  while (
    count < waiting.length &&
    count < BATCH_COUNT &&
    length < BATCH_LENGTH
  ) {
    length += waiting[count++].bytes.length;
  }

  return waiting.splice(0, count);
}

module.exports = Pending;
