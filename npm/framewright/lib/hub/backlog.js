'use strict';

/**
 * How much may wait for Redis at a time, in bytes and in messages: a short
 * message costs some hundred bytes more than its own.
 */
const LENGTH_LIMIT = 16 * 1024 * 1024;
const COUNT_LIMIT = 256 * 1024;

/**
 * How many of them the Redis client holds. It needs over 1,000 bytes for each
 * message, and isn't faster with more.
 */
const WINDOW_LENGTH = 1024 * 1024;
const WINDOW_COUNT = 1024;

/**
 * Messages on their way to Redis, in order. A burst waits here, and the Redis
 * client gets it bit by bit.
 */
class Backlog {
  /**
   * @param {Function} write Called with topic and bytes; returns a promise
   *     that Redis has taken the message
   * @param {Function} errorFor Called with the reason of a rejection; returns
   *     the publisher's error
   */
  constructor(write, errorFor) {
    this.write = write;
    this.errorFor = errorFor;
    /** The messages that wait, each linked to the one after it. */
    this.first = null;
    this.last = null;
    /** The length of all messages, and of those that the client has. */
    this.length = 0;
    this.count = 0;
    this.writtenLength = 0;
    this.writtenCount = 0;
  }

  /**
   * @param {Number} length What `lengthOf()` says of a message
   * @return {Boolean} Whether `add()` may be called with it
   */
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
    const message = {
      topic,
      bytes,
      promise: null,
      resolve: null,
      reject: null,
      next: null
    };

    message.promise = new Promise((resolve, reject) => {
      message.resolve = resolve;
      message.reject = reject;
    });

    if (this.last === null) this.first = message;
    else this.last.next = message;

    this.last = message;
    this.length += lengthOf(topic, bytes);
    this.count++;
    this.advance();
    return message.promise;
  }

  /**
   * Gives up the messages that still wait here. Those that the client has are
   * given up by the client.
   *
   * @param {Error} reason The publishers' error
   * @return {Number} How many there were
   */
  clear(reason) {
    const { count } = this;
    let message = this.first;

    this.first = null;
    this.last = null;

    for (; message !== null; message = message.next) {
      this.forget(message);
      fail(message, reason);
    }

    return count - this.count;
  }

  /**
   * Hands the client as many as it has room for.
   *
   * @private
   */
  advance() {
    while (
      this.first !== null &&
      this.writtenCount < WINDOW_COUNT &&
      this.writtenLength < WINDOW_LENGTH
    ) {
      const message = this.first;

      this.first = message.next;
      if (this.first === null) this.last = null;
      this.hand(message);
    }
  }

  /** @private */
  hand(message) {
    const length = lengthOf(message.topic, message.bytes);
    const settle = () => {
      this.writtenLength -= length;
      this.writtenCount--;
      this.forget(message);
    };

    this.writtenLength += length;
    this.writtenCount++;
    this.write(message.topic, message.bytes).then(
      () => {
        settle();
        message.resolve();
        this.advance();
      },
      (err) => {
        settle();
        fail(message, this.errorFor(err));
        this.advance();
      }
    );
  }

  /** @private */
  forget(message) {
    this.length -= lengthOf(message.topic, message.bytes);
    this.count--;
  }
}

/**
 * @param {String} topic A topic
 * @param {Buffer} bytes A message
 * @return {Number} What counts towards the limit
 */
function lengthOf(topic, bytes) {
  return topic.length + bytes.length;
}

/** Made only when one fails, since most don't. */
function fail(message, err) {
  ignore(message.promise);
  message.reject(err);
}

/**
 * @param {Promise} promise One whose rejection nobody has to handle
 * @return {Promise} The same
 */
function ignore(promise) {
  promise.catch(() => {});
  return promise;
}

module.exports = { Backlog, ignore, LENGTH_LIMIT, lengthOf };
