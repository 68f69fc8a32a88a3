'use strict';

const SLAB_LENGTH = 128 * 1024;

/**
 * Octets on their way to a watcher, copied into slabs that are used again once
 * they are written: tapping a busy server allocates nothing once there are as
 * many as ever had to wait.
 */
class SlabQueue {
  #current = null;
  #end = 0;
  #full = [];
  #spare = [];

  /** The octets in it, those being written included. */
  length = 0;

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
      if (this.#current === null) {
        this.#current =
          this.#spare.pop() ?? Buffer.allocUnsafeSlow(SLAB_LENGTH);
      }

      const taken = Math.min(end - start, SLAB_LENGTH - this.#end);

      octets.copy(this.#current, this.#end, start, start + taken);
      start += taken;
      this.#end += taken;
      if (this.#end === SLAB_LENGTH) this.#closeSlab();
    }
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
    this.#full.push(this.#current.subarray(0, this.#end));
    this.#current = null;
    this.#end = 0;
  }
}

module.exports = SlabQueue;
