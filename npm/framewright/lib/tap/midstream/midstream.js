'use strict';

const { unread, unwritten } = require('./buffered');
const { Compression, Told } = require('./compression');
const { firstFrame } = require('./rebuilt');

const kDelivery = Symbol.for('framewright.delivery.1');

const NONE = Buffer.alloc(0);

/** The state can't be told now, but later. */
const BUSY = Symbol('busy');

/** A connection that was open before somebody began to watch. */
class Midstream {
  #webSocket;

  /**
   * @param {Object} webSocket ws's object that reads and writes it
   */
  constructor(webSocket) {
    this.#webSocket = webSocket;
    this.compression = new Compression(webSocket);
  }

  /** Whether all later messages can be read by what the watcher is told. */
  get isTold() {
    return [false, true].every(
      (isOut) => this.compression.tells(isOut) !== Told.NEVER
    );
  }

  /**
   * How far the server is in what the client sends.
   *
   * @return {(Object|Symbol|null)} `rebuilt`: frames that say the same as what
   *     came of the message and of the frame under way; `unread`: the chunks that
   *     follow; `window`: what the message may refer to, if it is needed;
   *     `isWindowLater`: it is known once the message has ended. `BUSY`; or `null`
   *     where nobody knows
   */
  standing() {
    const progress = this.#progress();

    if (progress === null || progress === BUSY) return progress;

    const { _receiver: receiver, _socket: socket } = this.#webSocket;
    const chunks = unread(socket);

    if (chunks === null) return BUSY;

    const { frame, message, queued } = progress;
    const { window, isRefused } = this.#window(message);
    const rebuilt = [];

    if (message !== null) {
      rebuilt.push(
        firstFrame(
          { ...message, text: isRefused ? NONE : textOf(message) },
          true
        )
      );
    }

    if (frame.length > 0) rebuilt.push(frame);

    return {
      rebuilt,
      unread: [
        ...(queued === null ? [] : [queued]),
        ...unwritten(receiver).map(({ chunk }) => chunk),
        ...chunks
      ],
      window,
      isWindowLater: isRefused && this.compression.tells(false) === Told.WINDOW
    };
  }

  /** Whether a chunk is under way, so that `whenDone()` makes sense. */
  get isInChunk() {
    return (this.#delivery()?.chunk ?? null) !== null;
  }

  /**
   * @param {Function} cb Called once no chunk is under way
   */
  whenDone(cb) {
    this.#delivery().whenDone(cb);
  }

  /** Whether the message that the server sends, or sent last, is compressed. */
  get sendsCompressed() {
    return this.#webSocket._sender?._compress === true;
  }

  #delivery() {
    return this.#webSocket._receiver?.[kDelivery];
  }

  #progress() {
    const { _receiver: receiver } = this.#webSocket;
    const delivery = this.#delivery();

    if (!receiver || receiver.destroyed) return null;
    if (typeof delivery?.progress === 'function') {
      return delivery.progress() ?? BUSY;
    }

    const isBetweenMessages =
      receiver._state === 0 &&
      receiver._bufferedBytes === 0 &&
      receiver._fragmented === 0 &&
      receiver._writableState.length === 0;

    return isBetweenMessages
      ? { frame: NONE, message: null, queued: null }
      : null;
  }

  /** What the client's message may refer to, or why it can't be inflated. */
  #window(message) {
    const { compression } = this;
    const isCompressed = message?.isCompressed === true;

    switch (compression.tells(false)) {
      case Told.EMPTY:
        return { window: NONE, isRefused: false };
      case Told.NEVER:
        return { isRefused: isCompressed };
      case Told.NOTHING:
        return {
          isRefused: isCompressed && compression.inflateWindow() === null
        };
    }

    const window = compression.inflateWindow();

    if (window === null) return { isRefused: true };
    if (!isCompressed) return { window, isRefused: false };

    // With the message's text it is as long as it was.
    return {
      window: window.subarray(
        0,
        Math.max(0, window.length - message.text.length)
      ),
      isRefused: false
    };
  }
}

/** The text of a message, or its end from a whole character on. */
function textOf({ isCut, isText, text }) {
  let start = 0;

  if (isCut && isText) {
    while (start < 3 && (text[start] & 0xc0) === 0x80) start++;
  }

  return text.subarray(start);
}

module.exports = { BUSY, Midstream };
