'use strict';

const { Marked } = require('../../../tap/live-records');
const { MAX_TEXT_LENGTH } = require('./compression');
const frame = require('./frame');
const FrameParser = require('./frame-parser');

const CONTINUATION = 0;
const TEXT = 1;
const CLOSE = 8;

const RSV1 = 0x40;

/** How much may wait after a held message before its sender has to, in bytes. */
const MAX_WAITING_LENGTH = 1024 * 1024;

/** How a frame is passed on. */
const Way = {
  /** Byte by byte, as it comes. */
  RAW: 0,
  /** Once it is whole, before those that wait. */
  APART: 1,
  /** In its turn, once its message is whole. */
  WAIT: 2
};

/** What to do with a held message. */
const Verdict = { PASS: 'pass', CHANGE: 'change', DROP: 'drop' };

/**
 * One direction of a connection that messages may be sent into, and held from.
 *
 * Bytes are passed on as they came while nobody asks for more. Where messages
 * are held, each waits until it is whole; control frames don't. Later messages
 * may refer to a compressed one. Once such a message was changed or dropped,
 * the rest is compressed again: the receiver has another text than the sender
 * thinks.
 */
class Lane {
  /** A control frame that is passed on before those that wait. */
  #apart = [];
  #compression;
  #goOn = null;
  #inflating = Promise.resolve();
  #isClosed = false;
  #isDraining = false;
  #isEnded = false;
  #isLost = false;
  #isOut;
  #isReencoding = false;
  /** The message under way: its frames so far. */
  #message = null;
  #judge;
  #onEnd = null;
  #parser = new FrameParser();
  #pass;
  /** What was sent by hand and waits for a message's end. */
  #sent = [];
  #waiting = [];
  #waitingLength = 0;
  #way = Way.RAW;

  /**
   * @param {Object} options The options
   * @param {(Compression|null)} options.compression That of its messages
   * @param {Boolean} options.isOut Whether it goes from the server to the client
   * @param {Function} options.judge Called with a whole message; returns what
   *     to do with it, or a promise of that. `judge.isOn()` says whether it
   *     wants any
   * @param {Function} options.pass Called with bytes for the receiver, and how
   *     they are marked, if they are
   */
  constructor({ compression, isOut, judge, pass }) {
    this.#compression = compression;
    this.#isOut = isOut;
    this.#judge = judge;
    this.#pass = pass;
  }

  /** Whether a message can be sent. */
  get isOpen() {
    return !this.#isClosed && !this.#isEnded;
  }

  /**
   * @param {Buffer} bytes What the sender sent
   * @param {Function} cb Called when it may send more
   */
  push(bytes, cb) {
    const parser = this.#parser;
    let start = parser.isBetweenFrames || this.#way === Way.RAW ? 0 : -1;

    for (let at = 0; at < bytes.length;) {
      if (parser.isBetweenFrames) {
        this.#way = this.#wayOf(bytes[at] & 0x0f);

        if (this.#way !== Way.RAW) {
          this.#passRaw(bytes, start, at);
          start = -1;
        } else if (start === -1) {
          start = at;
        }
      }

      const { end, ended } = parser.take(bytes, at, (first) =>
        this.#begin(first)
      );

      if (this.#way !== Way.RAW) this.#keep(bytes.subarray(at, end));
      at = end;

      if (ended !== null) {
        if (this.#sent.length > 0) {
          this.#passRaw(bytes, start, at);
          if (start !== -1) start = at;
        }

        this.#end(ended);
      }
    }

    this.#passRaw(bytes, start, bytes.length);

    if (this.#waitingLength > MAX_WAITING_LENGTH) this.#goOn = cb;
    else cb();
  }

  /**
   * @param {Function} cb Called when all is passed on that the sender sent
   */
  end(cb) {
    this.#isEnded = true;
    if (this.#isDraining) this.#onEnd = cb;
    else cb();
  }

  /**
   * Sends a message to the receiver, as soon as none of the sender's is under way.
   *
   * @param {Number} opcode 1 for text, 2 for binary
   * @param {Buffer} payload The message
   */
  send(opcode, payload) {
    // Uncompressed: compressed data would refer to other messages.
    this.#sent.push(frame({ opcode, payload }, !this.#isOut));
    this.#flushSent();
  }

  close() {
    this.#isClosed = true;
    // Not while a job uses its contexts.
    this.#inflating.then(() => this.#compression?.close());
  }

  /** How a frame is passed on. */
  #wayOf(opcode) {
    const message = this.#message;
    const isWaiting = this.#waiting.length > 0;

    if (opcode > CLOSE) {
      return isWaiting || message?.isRaw === false ? Way.APART : Way.RAW;
    }

    if (opcode === CLOSE) return isWaiting ? Way.WAIT : Way.RAW;
    if (opcode === CONTINUATION && message !== null) {
      return message.isRaw ? Way.RAW : Way.WAIT;
    }

    return isWaiting ||
      (!this.#isLost && (this.#isReencoding || this.#judge.isOn()))
      ? Way.WAIT
      : Way.RAW;
  }

  /** A frame begins; returns whether its payload is needed. */
  #begin(first) {
    const opcode = first & 0x0f;
    const isRaw = this.#way === Way.RAW;

    if (opcode === CLOSE) {
      this.#isClosed = true;
      if (!isRaw)
        this.#message = { isClose: true, isRaw, length: 0, parts: [] };
    }

    if (this.#way === Way.APART) this.#apart = [];
    if (opcode >= CLOSE) return false;

    if (opcode !== CONTINUATION || this.#message === null) {
      this.#message = {
        frames: [],
        isCompressed: (first & RSV1) !== 0 && this.#compression !== null,
        isRaw,
        length: 0,
        opcode,
        parts: []
      };
    }

    return (
      !isRaw ||
      (this.#message.isCompressed &&
        this.#compression.hasTakeover &&
        !this.#isLost)
    );
  }

  #keep(piece) {
    const own = Buffer.from(piece);

    if (this.#way === Way.APART) {
      this.#apart.push(own);
    } else {
      this.#message.parts.push(own);
      this.#message.length += own.length;
    }
  }

  /** A frame ends, and maybe its message. */
  #end({ first, isKept, parts }) {
    const opcode = first & 0x0f;
    const message = this.#message;

    if (this.#way === Way.APART) {
      this.#pass(Buffer.concat(this.#apart));
    } else if (opcode < CLOSE) {
      const isLast = first >= 0x80;

      if (isKept) this.#read(message, Buffer.concat(parts), isLast);
      if (!isLast) return;

      this.#message = null;
      if (!message.isRaw) this.#wait(message);
    } else if (message?.isClose) {
      this.#message = null;
      this.#wait(message);
    }

    this.#flushSent();
  }

  /**
   * Takes a payload. Inflates in order, since messages refer to earlier ones.
   */
  #read(message, payload, isLast) {
    const { frames, isCompressed } = message;

    if (!isCompressed) {
      frames.push(payload);
      return;
    }

    this.#inflating = this.#inflating.then(async () => {
      if (this.#isLost) return;

      try {
        frames.push(await this.#compression.inflate(payload, isLast));
      } catch {
        // The receiver will judge it: from now on all is passed on as it comes.
        this.#isLost = true;
      }
    });
  }

  #wait(message) {
    this.#waiting.push(message);
    this.#waitingLength += message.length;
    if (!this.#isDraining) this.#drain();
  }

  async #drain() {
    this.#isDraining = true;

    while (this.#waiting.length > 0) {
      const [message] = this.#waiting;

      await this.#settle(message);
      this.#waiting.shift();
      this.#waitingLength -= message.length;
      this.#flushSent();
      this.#release();
    }

    this.#isDraining = false;
    this.#flushSent();
    this.#onEnd?.();
    this.#onEnd = null;
  }

  async #settle(message) {
    const { frames, isClose, isCompressed, opcode, parts } = message;

    if (isClose) {
      this.#pass(Buffer.concat(parts));
      return;
    }

    await this.#inflating;

    // After one that was changed, the receiver couldn't read this one.
    const text = Buffer.concat(frames);
    const isReadable = !(isCompressed && this.#isLost);
    const { data, how } = isReadable
      ? await this.#judge({ data: text, isText: opcode === TEXT })
      : { how: Verdict.PASS };

    if (how !== Verdict.PASS && isCompressed && this.#compression.hasTakeover) {
      this.#isReencoding = true;
    }

    if (how === Verdict.CHANGE) {
      await this.#passMessage(message, data, Marked.CHANGED);
    } else if (how === Verdict.PASS && isCompressed && this.#isReencoding) {
      await this.#passMessage(message, text);
    } else if (how === Verdict.PASS) {
      this.#pass(Buffer.concat(parts));
    }
  }

  async #passMessage({ isCompressed, opcode }, text, mark) {
    const payload = isCompressed
      ? await this.#compression.compress(text)
      : text;

    this.#pass(frame({ isCompressed, opcode, payload }, !this.#isOut), mark);
  }

  #passRaw(bytes, start, end) {
    if (start !== -1 && start < end) this.#pass(bytes.subarray(start, end));
  }

  /** A fragmented message can't be interrupted, and no frame can. */
  #flushSent() {
    const isInFrame = !this.#parser.isBetweenFrames && this.#way === Way.RAW;

    if (isInFrame || this.#message?.isRaw === true) return;

    for (const bytes of this.#sent.splice(0)) {
      this.#pass(bytes, Marked.INSERTED);
    }
  }

  #release() {
    if (this.#goOn === null || this.#waitingLength > MAX_WAITING_LENGTH) return;

    const cb = this.#goOn;

    this.#goOn = null;
    cb();
  }
}

module.exports = { Lane, MAX_TEXT_LENGTH, Verdict };
