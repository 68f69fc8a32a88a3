'use strict';

/**
 * A token bucket: holds up to `burst` tokens, and gets `perSecond` of them a
 * second.
 */
class Bucket {
  /**
   * @param {Number} perSecond How many tokens a second
   * @param {Number} burst How many it holds
   * @param {Number} now The time, in ms
   */
  constructor(perSecond, burst, now) {
    this.perMs = perSecond / 1000;
    this.burst = burst;
    this.tokens = burst;
    this.time = now;
  }

  /**
   * @param {Number} count How many tokens are wanted
   * @param {Number} now The time, in ms
   * @return {Boolean} Whether there are that many
   */
  has(count, now) {
    this.tokens = Math.min(
      this.burst,
      this.tokens + (now - this.time) * this.perMs
    );
    this.time = now;
    return this.tokens >= count;
  }

  /** @param {Number} count How many to take; the number may become negative */
  take(count) {
    this.tokens -= count;
  }

  /**
   * @param {Number} now The time, in ms
   * @return {Number} How long until it isn't negative, in ms
   */
  debt(now) {
    return this.has(0, now) ? 0 : -this.tokens / this.perMs;
  }
}

module.exports = Bucket;
