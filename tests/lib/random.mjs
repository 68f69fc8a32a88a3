// A seeded generator (sfc32), so that every test case can be made again from its seed.

export class Random {
  #a;
  #b;
  #c = 0x9e3779b9;
  #counter = 1;

  /**
   * @param {number} seed Any integer
   * @param {number} [stream] Tells apart generators of one seed
   */
  constructor(seed, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = (stream ^ Math.floor(seed / 2 ** 32)) >>> 0;
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** An integer from 0 to 2^32 - 1. */
  u32() {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  /** An integer from 0 to `n` - 1. */
  below(n) {
    return Math.floor((this.u32() / 2 ** 32) * n);
  }

  /** An integer from `min` to `max`, both included. */
  between(min, max) {
    return min + this.below(max - min + 1);
  }

  /** True with probability `p`. */
  chance(p) {
    return this.u32() < p * 2 ** 32;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** Picks from `[[weight, value], ...]`. */
  weighted(choices) {
    let total = 0;
    for (const [weight] of choices) total += weight;
    let at = (this.u32() / 2 ** 32) * total;
    for (const [weight, value] of choices) {
      at -= weight;
      if (at < 0) return value;
    }
    return choices.at(-1)[1];
  }

  bytes(len) {
    const bytes = Buffer.alloc(len);
    for (let i = 0; i < len; i++) bytes[i] = this.u32();
    return bytes;
  }
}
