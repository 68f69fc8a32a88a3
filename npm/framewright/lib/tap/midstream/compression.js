'use strict';

const { nextTick } = require('../../builtins');
const { unwrittenLength } = require('./buffered');

const kContexts = Symbol.for('framewright.contexts.1');
const kOutbox = Symbol.for('framewright.outbox.1');

const NONE = Buffer.alloc(0);

/** What can be said of a direction's compression. */
const Told = {
  /** Nothing is compressed, or no message refers to another. */
  NOTHING: 0,
  /** Nothing was compressed so far. */
  EMPTY: 1,
  /** framewright compresses, and knows what messages refer to. */
  WINDOW: 2,
  /** zlib compresses, and doesn't say what messages refer to. */
  NEVER: 3
};

/** Follows the compression of one connection that was open before. */
class Compression {
  #contexts;
  #extension;
  #onEnd = [];
  #onMessage = [];
  #sender;
  #socket;

  /**
   * @param {Object} webSocket ws's object
   */
  constructor({ _extensions, _receiver, _sender, _socket }) {
    this.#extension = (_receiver?._extensions ?? _extensions)?.[
      'permessage-deflate'
    ];
    this.#contexts = this.#extension?.[kContexts];
    this.#sender = _sender;
    this.#socket = _socket;
  }

  /**
   * @param {Boolean} isOut Whether it is the server's messages
   * @return {Number} One of `Told`
   */
  tells(isOut) {
    const extension = this.#extension;

    if (extension === undefined) return Told.NOTHING;

    const side = isOut ? 'server' : 'client';

    if (extension.params?.[`${side}_no_context_takeover`]) return Told.NOTHING;
    if (this.#contexts && !this.#contexts.isClosed) return Told.WINDOW;
    // Each is opened for the first message.
    return extension._deflate || extension._inflate ? Told.NEVER : Told.EMPTY;
  }

  /** What the client's next payload may refer to; `null` inside a block. */
  inflateWindow() {
    return this.#contexts.inflateWindow();
  }

  /**
   * @param {Function} cb Called before the server's next message is compressed,
   *     with what it may refer to, and how many bytes that aren't written yet come
   *     before it
   */
  whenMessage(cb) {
    this.#onMessage.push(cb);
    this.#contexts.watcher = this;
  }

  /**
   * @param {Function} cb Called when the client's message is inflated, with what
   *     the next one may refer to
   */
  whenMessageEnds(cb) {
    this.#onEnd.push(cb);
    this.#contexts.watcher = this;
  }

  /** Called by the contexts. */
  beforeMessage() {
    if (this.#onMessage.length === 0) return;

    const window = this.#contexts.deflateWindow() ?? NONE;
    const cbs = this.#onMessage.splice(0);
    const tell = () => {
      const length = this.#unwrittenLength();

      for (const cb of cbs) cb(window, length);
    };

    this.#settle();

    // What was compressed on the thread pool before is sent first.
    if (this.#contexts.compressing.isBusy) nextTick(tell);
    else tell();
  }

  /** Called by the contexts. */
  afterPayload(endsMessage) {
    if (!endsMessage || this.#onEnd.length === 0) return;

    const window = this.#contexts.inflateWindow();
    const cbs = this.#onEnd.splice(0);

    this.#settle();
    for (const cb of cbs) cb(window);
  }

  #settle() {
    if (this.#onEnd.length === 0 && this.#onMessage.length === 0) {
      this.#contexts.watcher = null;
    }
  }

  #unwrittenLength() {
    const outbox = this.#sender[kOutbox];

    return (outbox?.length ?? 0) + unwrittenLength(this.#socket);
  }
}

module.exports = { Compression, Told };
