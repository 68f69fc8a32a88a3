/** A token bucket: `burst` at once, `perSecond` in the long run. */
export class Allowance {
  #burst;
  #perSecond;
  #left;
  #at;

  constructor({ burst, perSecond, now }) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#at = now;
  }

  /** @returns {boolean} whether there was one left to take */
  take(now) {
    const seconds = Math.max(0, now - this.#at) / 1000;
    this.#left = Math.min(this.#burst, this.#left + seconds * this.#perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
