'use strict';

const { frame, parse } = require('./frames');

const NONE = Buffer.alloc(0);

/** Checks answers that aren't compressed: which octets come is known. */
class PlainAnswers {
  #lengths = new Map();
  #octets;

  /**
   * @param {Buffer} payload What each message is
   * @param {Number} count How many are under way on a connection
   */
  constructor(payload, count) {
    const answer = frame(payload, { isCompressed: false, isMasked: false });

    this.#octets = Buffer.concat(Array(count).fill(answer));
  }

  /**
   * Takes octets that came on a connection.
   *
   * @param {Socket} socket The connection
   * @param {Buffer} chunk The octets
   * @return {Boolean} Whether all that was under way is back
   * @throws {Error} If they aren't what was sent
   */
  take(socket, chunk) {
    const start = this.#lengths.get(socket) ?? 0;
    const end = start + chunk.length;

    if (
      end > this.#octets.length ||
      this.#octets.compare(chunk, 0, chunk.length, start, end) !== 0
    ) {
      throw wrongAnswer();
    }

    const isComplete = end === this.#octets.length;

    this.#lengths.set(socket, isComplete ? 0 : end);
    return isComplete;
  }
}

/**
 * Checks compressed answers, of which one is under way on a connection. The
 * same message may be compressed in several ways.
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
   * Takes octets that came on a connection.
   *
   * @param {Socket} socket The connection
   * @param {Buffer} chunk The octets
   * @return {Boolean} Whether the message that was under way is back
   * @throws {Error} If it isn't what was sent
   */
  take(socket, chunk) {
    const octets = Buffer.concat([this.#partial.get(socket) ?? NONE, chunk]);

    if (!octets.equals(this.#known)) {
      const answer = parse(octets);

      if (answer === null) {
        this.#partial.set(socket, octets);
        return false;
      }

      if (
        answer.frame.length !== octets.length ||
        !answer.payload.equals(this.#payload)
      ) {
        throw wrongAnswer();
      }

      this.#known = octets;
    }

    this.#partial.set(socket, NONE);
    return true;
  }
}

function wrongAnswer() {
  return new Error('the server sent something else back');
}

module.exports = { CompressedAnswers, PlainAnswers };
