'use strict';

const { performance } = require('perf_hooks');

const Refusal = require('../refusal');

// The real ones, also for apps whose tests replace them later.
const { setTimeout } = globalThis;
const now = performance.now.bind(performance);

/** So many wrong tokens are answered without a wait. */
const FREE = 8;

/** How long the next one waits, in ms; twice as long after each, up to a limit. */
const MIN_DELAY = 100;
const MAX_DELAY = 2000;

/** One wrong token is forgiven in each such time, in ms. */
const FORGIVEN_AFTER = 1000;

/** No more wrong tokens than these count. */
const MAX_COUNT = 60;

/** How many may wait at a time, and how many of them from one place. */
const MAX_WAITING = 64;
const MAX_WAITING_OF_ONE = 16;

/**
 * Slows down guessing of tokens. After a few wrong ones, a token is checked only
 * after a wait, and only a few may wait at a time. That limits the answers a
 * second, however many clients ask. A client that hangs up early learns nothing,
 * and its place stays taken until the wait is over.
 */
class Guesses {
  #count = 0;
  #countedAt = now();
  #waiting = new Map();
  #waitingCount = 0;

  /**
   * Waits until a token may be checked.
   *
   * @param {IncomingMessage} req The request that brings it
   * @param {String} place Where it comes from
   * @return {(Promise|undefined)} Fulfilled then; `undefined` means now
   * @throws {Refusal} If too many wait already
   */
  turn(req, place) {
    const delay = this.#delay();

    if (delay === 0) return undefined;

    const ofPlace = this.#waiting.get(place) ?? 0;

    if (ofPlace === MAX_WAITING_OF_ONE || this.#waitingCount === MAX_WAITING) {
      throw new Refusal(429, 'Too many wrong tokens: try again in a while', {
        'Retry-After': Math.ceil(delay / 1000)
      });
    }

    this.#waiting.set(place, ofPlace + 1);
    this.#waitingCount++;

    return new Promise((resolve, reject) => {
      const end = () => {
        this.#leave(place);

        if (req.socket.destroyed)
          reject(new Refusal(400, 'The client is gone'));
        else resolve();
      };

      setTimeout(end, delay).unref();
    });
  }

  /** Remembers that a token was wrong. */
  wrong() {
    this.#forgive();
    this.#count = Math.min(this.#count + 1, MAX_COUNT);
  }

  #delay() {
    this.#forgive();

    const over = Math.floor(this.#count) - FREE;

    return over < 0 ? 0 : Math.min(MIN_DELAY * 2 ** over, MAX_DELAY);
  }

  #forgive() {
    const time = now();

    this.#count = Math.max(
      0,
      this.#count - (time - this.#countedAt) / FORGIVEN_AFTER
    );
    this.#countedAt = time;
  }

  #leave(place) {
    const left = this.#waiting.get(place) - 1;

    if (left === 0) this.#waiting.delete(place);
    else this.#waiting.set(place, left);
    this.#waitingCount--;
  }
}

module.exports = Guesses;
