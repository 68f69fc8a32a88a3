'use strict';

/** A shorter run says nothing, in ms. */
const MIN_DURATION = 5;

/**
 * Spreads a time over runs. What takes time besides the runs, such as connecting
 * and waiting for the last answers, makes the later ones shorter.
 */
class Schedule {
  #deadline;
  #left;
  #now;

  /**
   * @param {Number} ms The time, from now on
   * @param {Number} runs How many runs there are, of equal length
   * @param {Function} [now] The time, in ms
   */
  constructor(ms, runs, now = () => performance.now()) {
    this.#deadline = now() + ms;
    this.#left = runs;
    this.#now = now;
  }

  /**
   * @param {Number} runs How many runs come next, which are to be comparable
   * @return {Number} How long each of them may take, in ms
   */
  next(runs) {
    const duration = (this.#deadline - this.#now()) / this.#left;

    this.#left -= runs;
    return Math.max(MIN_DURATION, duration);
  }
}

module.exports = Schedule;
