'use strict';

const SLAB_LENGTH = 128 * 1024;

/**
 * Octets on their way to a watcher, copied into slabs that are used again once
 * they are written: tapping a busy server allocates nothing once there are as
 * many as ever had to wait.
 */
class SlabQueue {
  #end = 0;
  #full = [];
  #spare = [];

  /** The octets in it, those being written included. */
  length = 0;

  /** What is being filled. */
  slab = null;

  get isEmpty() {
    return this.#end === 0 && this.#full.length === 0;
  }

  /**
   * Copies octets to the end.
   *
   * @param {Buffer} octets The octets
   * @param {Number} [start] The offset of the first
   * @param {Number} [end] The offset behind the last
   */
  put(octets, start = 0, end = octets.length) {
    this.length += end - start;

    while (start < end) {
      this.reserve(0);

      const taken = Math.min(end - start, SLAB_LENGTH - this.#end);

      octets.copy(this.slab, this.#end, start, start + taken);
      start += taken;
      this.#end += taken;
      if (this.#end === SLAB_LENGTH) this.#closeSlab();
    }
  }

  /**
   * Makes room for octets that the caller writes to `slab` and then `add()`s,
   * which saves copying them.
   *
   * @param {Number} length How many, at most, and fewer than a slab has
   * @return {Number} The offset in `slab` of the first
   */
  reserve(length) {
    if (this.slab !== null && length > SLAB_LENGTH - this.#end) {
      this.#closeSlab();
    }

    this.slab ??= this.#spare.pop() ?? Buffer.allocUnsafeSlow(SLAB_LENGTH);
    return this.#end;
  }

  /**
   * @param {Number} end The offset in `slab` behind the last octet written
   */
  add(end) {
    this.length += end - this.#end;
    this.#end = end;
    if (end === SLAB_LENGTH) this.#closeSlab();
  }

  /**
   * Takes octets from the front. They stay as they are until `release()`.
   *
   * @return {(Buffer|null)} At most a slab of them
   */
  take() {
    if (this.#full.length === 0 && this.#end > 0) this.#closeSlab();
    return this.#full.shift() ?? null;
  }

  /**
   * @param {Buffer} octets What `take()` gave, no longer used
   */
  release(octets) {
    this.length -= octets.length;
    this.#spare.push(Buffer.from(octets.buffer));
  }

  #closeSlab() {
    this.#full.push(this.slab.subarray(0, this.#end));
    this.slab = null;
    this.#end = 0;
  }
}

module.exports = SlabQueue;
