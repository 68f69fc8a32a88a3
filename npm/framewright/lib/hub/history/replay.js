'use strict';

const { compareIds, isId, NONE } = require('./ids');
const { PAGE } = require('./log');

/** A subscriber that comes back to a topic and gets what it missed. */
class Replay {
  /**
   * @param {Log} log The topic's log
   * @param {(String|undefined)} after The last id that it has; undefined if it
   *     wants only new messages
   * @param {Object} subscriber
   * @param {Function} subscriber.send Called with each message's id and envelope
   * @param {Function} subscriber.onMissed Called where the next messages are no
   *     longer kept
   * @param {Function} subscriber.join Called when it has everything so far, to
   *     get new messages too
   * @param {Function} subscriber.pace Returns a promise that it has room for more
   */
  constructor(log, after, subscriber) {
    this.log = log;
    this.position = after;
    this.subscriber = subscriber;
    this.isCancelled = false;
    this.replayed = 0;
    this.missed = false;
    this.joined = false;
  }

  /** The subscriber doesn't want it any more. */
  cancel() {
    this.isCancelled = true;
  }

  /**
   * @return {Promise<Object>} `joined`, `missed`, how many were `replayed`, and
   *     the last `id`
   */
  async run() {
    const { log, subscriber } = this;

    await log.whenPlaced;
    if (this.position === undefined) this.position = log.position;
    // An id that was never given out is like one that is no longer kept.
    else if (!isId(this.position)) this.miss();
    // It may know more than this process, having got it from another.
    else if (this.isAhead()) await this.meet();

    while (!this.isCancelled && this.position !== log.position) {
      await this.step();
      if (!this.isCancelled && this.position !== log.position) {
        await subscriber.pace();
      }
    }

    if (!this.isCancelled) {
      this.joined = true;
      subscriber.join();
    }

    return this.result();
  }

  /** @return {Object} How far it has got */
  result() {
    return {
      joined: this.joined,
      missed: this.missed,
      replayed: this.replayed,
      id: this.position
    };
  }

  /** @private */
  isAhead() {
    return compareIds(this.position, this.log.position) > 0;
  }

  /** @private Waits for the log. What Redis doesn't have is lost. */
  async meet() {
    const { last } = await this.log.readAfter(NONE, [0, 0]);

    if (compareIds(this.position, last) > 0) this.miss();
    else await this.log.reach(this.position);
  }

  /** @private Some are lost: it continues with new messages. */
  miss() {
    this.missed = true;
    this.position = this.log.position;
    if (!this.isCancelled) this.subscriber.onMissed();
  }

  /** @private Gives it a page of the log. */
  async step() {
    const { log, position, subscriber } = this;
    const { entries, last } = await log.readAfter(position, PAGE);

    if (this.isCancelled) return;

    if (entries.length === 0) {
      if (last !== position) this.miss();
      return;
    }

    if (entries[0].previous !== position) {
      this.missed = true;
      subscriber.onMissed();
    }

    for (const { envelope, id } of entries) {
      // Those come to everybody.
      if (compareIds(id, log.position) > 0) {
        this.position = log.position;
        return;
      }

      subscriber.send(id, envelope);
      this.position = id;
      this.replayed++;
    }
  }
}

module.exports = Replay;
