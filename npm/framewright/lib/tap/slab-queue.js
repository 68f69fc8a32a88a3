'use strict';

const SLAB_LENGTH = 128 * 1024;

/**
 * Bytes on their way to a watcher, copied into slabs that are used again once
 * they are written. Once there are as many slabs as ever had to wait, tapping a
 * busy server allocates nothing.
 */
class SlabQueue {
  #end = 0;
  #full = [];
  #spare = [];

  /** The bytes in it, those being written included. */
  length = 0;

  /** What is being filled. */
  slab = null;

  get isEmpty() {
    return this.#end === 0 && this.#full.length === 0;
  }

  /**
   * Copies bytes to the end.
   *
   * @param {Buffer} bytes The bytes
   * @param {Number} [start] The offset of the first
   * @param {Number} [end] The offset after the last
   */
  put(bytes, start = 0, end = bytes.length) {
    this.length += end - start;

    while (start < end) {
      this.reserve(0);

      const taken = Math.min(end - start, SLAB_LENGTH - this.#end);

      bytes.copy(this.slab, this.#end, start, start + taken);
      start += taken;
      this.#end += taken;
      if (this.#end === SLAB_LENGTH) this.#closeSlab();
    }
  }

  /**
   * Makes room for bytes that the caller writes to `slab` and then `add()`s,
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
   * @param {Number} end The offset in `slab` after the last byte written
   */
  add(end) {
    this.length += end - this.#end;
    this.#end = end;
    if (end === SLAB_LENGTH) this.#closeSlab();
  }

  /**
   * Takes bytes from the front. They stay as they are until `release()`.
   *
   * @return {(Buffer|null)} At most a slab of them
   */
  take() {
    if (this.#full.length === 0 && this.#end > 0) this.#closeSlab();
    return this.#full.shift() ?? null;
  }

  /**
   * @param {Buffer} bytes What `take()` gave, no longer used
   */
  release(bytes) {
    this.length -= bytes.length;
    this.#spare.push(Buffer.from(bytes.buffer));
  }

  #closeSlab() {
    this.#full.push(this.slab.subarray(0, this.#end));
    this.slab = null;
    this.#end = 0;
  }
}

module.exports = SlabQueue;
