'use strict';

/**
 * The first length of a frame's buffer in bytes. Most frames fit, and are never
 * copied again. A frame that only declares a long payload costs no more.
 */
const INITIAL_CAPACITY = 256 * 1024;
const GROWTH = 4;

/**
 * Puts together the payload of a frame that comes in several chunks. It grows
 * with what has arrived, never with what is declared.
 */
class Assembly {
  /**
   * @param {Number} frameLength The frame's declared payload length in bytes
   */
  constructor(frameLength) {
    this.frameLength = frameLength;
    this.length = 0;
    this.buffer = Buffer.allocUnsafe(Math.min(frameLength, INITIAL_CAPACITY));
  }

  /**
   * @param {Buffer} piece The frame's next bytes
   */
  append(piece) {
    const length = this.length + piece.length;

    if (length > this.buffer.length) {
      const wanted = Math.max(length, this.buffer.length * GROWTH);
      const grown = Buffer.allocUnsafe(Math.min(wanted, this.frameLength));

      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }

    this.buffer.set(piece, this.length);
    this.length = length;
  }

  /**
   * @return {Buffer} The whole payload; its capacity never exceeds the frame's
   *     length
   */
  finish() {
    return this.buffer;
  }
}

module.exports = Assembly;
