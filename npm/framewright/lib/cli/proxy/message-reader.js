'use strict';

const HTTPParser = require('bare-http-parser');

const { DATA, END } = HTTPParser.constants;

/** Longer heads aren't read, in bytes. */
const MAX_HEAD_LENGTH = 64 * 1024;

const QUESTION_MARK = 0x3f;

const EMPTY = Buffer.alloc(0);

/**
 * Tells the heads of one direction's HTTP messages from their bodies, and one
 * message from the next. Node's parser does the reading; this keeps the bytes.
 */
class MessageReader {
  #isBodyless;
  #isInHead = true;
  #isOver = false;
  #head = [];
  #parser = new HTTPParser({
    maxHeaderSize: MAX_HEAD_LENGTH,
    maxHeadersCount: 0
  });
  /** What isn't read, in a form that the parser accepts, once it has a head. */
  #readable = null;
  #unread = EMPTY;

  /**
   * @param {Function} [isBodyless] Whether the next message has no body,
   *     whatever its head says: the response to a HEAD
   */
  constructor(isBodyless = () => false) {
    this.#isBodyless = isBodyless;
  }

  /**
   * @type {Boolean} Whether all bytes that were pushed are read
   */
  get isEmpty() {
    return this.#unread.length === 0;
  }

  /**
   * @param {Buffer} bytes The next bytes; all before them must be read
   */
  push(bytes) {
    this.#unread = bytes;
    this.#readable = null;
  }

  /**
   * Reads on, to the end of a head, of a message or of the bytes.
   *
   * @return {Object|undefined} `bytes`, all that was read; `message`, what the
   *     parser says where they are a head; `isEnd` where the message ends with
   *     them; `error` where they can't be read, and `isHead` whether that is in
   *     a head. Nothing where there are no bytes or the head isn't complete.
   */
  next() {
    const bytes = this.#unread;

    if (bytes.length === 0 || this.#isOver) return undefined;
    if (this.#isInHead && this.#isBodyless()) this.#parser.skipBody();

    try {
      return this.#read(bytes);
    } catch (error) {
      this.#isOver = true;
      return { bytes: this.drain(), error, isHead: this.#isInHead };
    }
  }

  /**
   * @return {Buffer} The bytes that aren't read, an incomplete head among them
   */
  drain() {
    const bytes = joined([...this.#head, this.#unread]);

    this.#head = [];
    this.#readable = null;
    this.#unread = EMPTY;
    return bytes;
  }

  #read(bytes) {
    if (this.#isInHead) this.#readable ??= bytes.map(asAscii);

    const events = [];
    let rest = EMPTY;

    for (const event of this.#parser.push(this.#readable ?? bytes)) {
      if (event.type === DATA) continue;
      // Takes the bytes after the event out of the parser.
      if (events.length === 0) rest = this.#parser.drain();
      events.push(event);
    }

    const isEnd = events.at(-1)?.type === END;
    const read = bytes.subarray(0, bytes.length - rest.length);

    this.#unread = bytes.subarray(read.length);
    if (this.#readable !== null) this.#readable = rest;

    if (!this.#isInHead) {
      this.#isInHead = isEnd;
      return { bytes: read, isEnd };
    }

    this.#head.push(read);
    if (events.length === 0) return undefined;

    const head = joined(this.#head);

    this.#head = [];
    this.#isInHead = isEnd;
    return { bytes: head, isEnd, message: events[0] };
  }
}

/** The parser refuses UTF-8 in a request's target; servers take it. */
function asAscii(byte) {
  return byte < 0x80 ? byte : QUESTION_MARK;
}

function joined(parts) {
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

module.exports = { MAX_HEAD_LENGTH, MessageReader };
