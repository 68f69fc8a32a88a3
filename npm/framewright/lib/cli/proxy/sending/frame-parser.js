'use strict';

const MAX_HEADER_LENGTH = 14;

/**
 * Tells one frame of a direction from the next, wherever chunks are cut. It
 * checks nothing: the receiver is to judge what is wrong.
 */
class FrameParser {
  #header = Buffer.alloc(MAX_HEADER_LENGTH);
  #headerLength = 0;
  #left = 0;
  #offset = 0;

  /** The frame under way: its first byte, masking key, payload so far if kept. */
  frame = null;

  /** Whether the next byte is a frame's first. */
  get isBetweenFrames() {
    return this.frame === null;
  }

  /**
   * Takes what belongs to one frame.
   *
   * @param {Buffer} bytes What comes next
   * @param {Number} at The offset of its first byte that isn't taken yet
   * @param {Function} onStart Called with the first byte of a frame; returns
   *     whether its payload is to be kept, unmasked
   * @return {{end: Number, ended: (Object|null)}} The offset after it; the frame,
   *     if that is its end
   */
  take(bytes, at, onStart) {
    if (this.frame === null) {
      this.frame = { first: bytes[at], isKept: onStart(bytes[at]), parts: [] };
      this.#headerLength = 0;
      this.#left = -1;
    }

    while (this.#left < 0 && at < bytes.length) {
      this.#header[this.#headerLength++] = bytes[at++];
      this.#readHeader();
    }

    if (this.#left < 0) return { end: at, ended: null };

    const end = Math.min(bytes.length, at + this.#left);

    this.#keep(bytes.subarray(at, end));
    this.#left -= end - at;
    if (this.#left > 0) return { end, ended: null };

    const ended = this.frame;

    this.frame = null;
    return { end, ended };
  }

  #readHeader() {
    const header = this.#header;

    if (this.#headerLength < 2) return;

    const short = header[1] & 0x7f;
    const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
    const isMasked = header[1] >= 0x80;
    const length = 2 + extended + (isMasked ? 4 : 0);

    if (this.#headerLength < length) return;

    this.#left =
      extended === 8
        ? Number(header.readBigUInt64BE(2))
        : extended === 2
          ? header.readUInt16BE(2)
          : short;
    this.#offset = 0;
    this.frame.key = isMasked
      ? Buffer.from(header.subarray(length - 4, length))
      : null;
  }

  #keep(piece) {
    const { frame } = this;

    if (frame.isKept && piece.length > 0) {
      const part = Buffer.from(piece);

      if (frame.key !== null) unmask(part, frame.key, this.#offset);
      frame.parts.push(part);
    }

    this.#offset += piece.length;
  }
}

function unmask(bytes, key, offset) {
  for (let i = 0; i < bytes.length; i++) bytes[i] ^= key[(offset + i) & 3];
}

module.exports = FrameParser;
