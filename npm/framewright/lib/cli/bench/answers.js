'use strict';

const { frame, parse } = require('./frames');

const NONE = Buffer.alloc(0);

/** Checks answers that aren't compressed: their bytes are known beforehand. */
class PlainAnswers {
  #lengths = new Map();
  #bytes;

  /**
   * @param {Buffer} payload What each message is
   * @param {Number} count How many are under way on a connection
   */
  constructor(payload, count) {
    const answer = frame(payload, { isCompressed: false, isMasked: false });

    this.#bytes = Buffer.concat(Array(count).fill(answer));
  }

  /**
   * Takes bytes that came on a connection.
   *
   * @param {Socket} socket The connection
   * @param {Buffer} chunk The bytes
   * @return {Boolean} Whether all that was under way is back
   * @throws {Error} If they aren't what was sent
   */
  take(socket, chunk) {
    const start = this.#lengths.get(socket) ?? 0;
    const end = start + chunk.length;

    if (
      end > this.#bytes.length ||
      this.#bytes.compare(chunk, 0, chunk.length, start, end) !== 0
    ) {
      throw wrongAnswer();
    }

    const isComplete = end === this.#bytes.length;

    this.#lengths.set(socket, isComplete ? 0 : end);
    return isComplete;
  }
}

/**
 * Checks compressed answers, one at a time on each connection. The same message
 * may be compressed in several ways.
 */
class CompressedAnswers {
  #known = NONE;
  #partial = new Map();
  #payload;

  /**
   * @param {Buffer} payload What each message is
   */
  constructor(payload) {
    this.#payload = payload;
  }

  /**
   * Takes bytes that came on a connection.
   *
   * @param {Socket} socket The connection
   * @param {Buffer} chunk The bytes
   * @return {Boolean} Whether the message that was under way is back
   * @throws {Error} If it isn't what was sent
   */
  take(socket, chunk) {
    const bytes = Buffer.concat([this.#partial.get(socket) ?? NONE, chunk]);

    if (!bytes.equals(this.#known)) {
      const answer = parse(bytes);

      if (answer === null) {
        this.#partial.set(socket, bytes);
        return false;
      }

      if (
        answer.frame.length !== bytes.length ||
        !answer.payload.equals(this.#payload)
      ) {
        throw wrongAnswer();
      }

      this.#known = bytes;
    }

    this.#partial.set(socket, NONE);
    return true;
  }
}

function wrongAnswer() {
  return new Error('the server sent something else back');
}

module.exports = { CompressedAnswers, PlainAnswers };
