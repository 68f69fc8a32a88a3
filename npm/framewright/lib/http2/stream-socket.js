'use strict';

const { constants } = require('http2');
const { Duplex } = require('stream');

const { clearTimeout, nextTick, setTimeout } = require('../builtins');
const copyAbout = require('./about-socket');
const Answer = require('./answer');

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants;

/** How long what was written may take to leave a destroyed socket, in ms. */
const LINGER = 1000;

/**
 * A stream of an HTTP/2 connection in place of a socket (RFC 8441, section
 * 5.1): the stream's end is the socket's end, and a reset of the stream resets
 * the socket.
 *
 * First comes the HTTP/1.1 response to the request. What is written after 101
 * is sent as it is.
 */
class StreamSocket extends Duplex {
  #answer;
  /** What was written in this tick. */
  #collected = [];
  #collectedLength = 0;
  #hasEnded = false;
  #read = 0;
  #stream;
  /** Callbacks that want to write more, once the stream has room. */
  #waiting = null;
  #waitingLength = 0;
  #written = 0;

  /** @param {ServerHttp2Stream} stream The stream of a CONNECT request */
  constructor(stream) {
    super({ allowHalfOpen: true });

    this.#stream = stream;
    copyAbout(this, stream.session);
    this.#answer = new Answer(stream, (early) => this.#onUpgraded(early));

    stream.on('data', (chunk) => {
      this.#read += chunk.length;
      if (!this.push(chunk)) stream.pause();
    });
    stream.on('end', () => {
      this.#hasEnded = true;
      this.push(null);
    });
    stream.on('drain', () => this.#goOn());
    stream.on('error', (err) => this.destroy(err));
    stream.on('close', () => this.#onClose());
    // ws listens to them once it takes the socket. Before, nobody has to.
    this.on('error', () => {});
  }

  get bytesRead() {
    return this.#read;
  }

  get bytesWritten() {
    return this.#written + this.writableLength - this.#waitingLength;
  }

  get connecting() {
    return false;
  }

  get pending() {
    return false;
  }

  address() {
    const { localAddress: address, localFamily: family, localPort } = this;

    return { address, family, port: localPort };
  }

  // Socket options belong to the connection. One stream can't set them.

  setKeepAlive() {
    return this;
  }

  setNoDelay() {
    return this;
  }

  setTimeout(time, callback) {
    this.#stream.setTimeout(time, callback && (() => callback.call(this)));
    return this;
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }

  destroySoon() {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', this.destroy);
  }

  _read() {
    this.#stream.resume();
  }

  _write(chunk, encoding, callback) {
    this.#send(Buffer.from(chunk), callback);
  }

  _writev(chunks, callback) {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
  }

  /**
   * The stream's own buffer stands for the kernel's: what it has room for
   * counts as written. So it gets memory of its own, which nobody changes. What
   * is written in one tick goes to the stream together, since each write costs
   * more than most frames.
   */
  #send(chunk, callback) {
    const stream = this.#stream;

    this.#written += chunk.length;

    if (this.#answer !== null) {
      this.#answer.write(chunk, callback);
      return;
    }

    if (stream.destroyed || stream.writableEnded) {
      callback(resetError(stream));
      return;
    }

    if (this.#collected.push(chunk) === 1) {
      nextTick(() => this.#flush());
    }
    this.#collectedLength += chunk.length;

    if (
      stream.writableLength + this.#collectedLength <
      stream.writableHighWaterMark
    ) {
      callback();
    } else {
      this.#waiting = callback;
      this.#waitingLength = chunk.length;
      this.#flush();
    }
  }

  /** Writes what was collected to the stream. */
  #flush() {
    const collected = this.#collected;

    if (collected.length === 0) return;

    this.#collected = [];
    this.#collectedLength = 0;

    if (this.#stream.destroyed || this.#stream.writableEnded) return;

    const hasRoom = this.#stream.write(
      collected.length === 1 ? collected[0] : Buffer.concat(collected)
    );

    if (hasRoom) this.#goOn();
  }

  _final(callback) {
    const stream = this.#stream;
    let isDone = stream.destroyed;
    const done = () => {
      if (!isDone) callback();
      isDone = true;
    };

    if (isDone) {
      callback();
      return;
    }

    this.#flush();
    stream.once('finish', done);
    stream.once('close', done);
    if (this.#answer !== null) this.#answer.end();
    else stream.end();
  }

  _destroy(err, callback) {
    const stream = this.#stream;

    // What still arrives is not read.
    stream.resume();

    this.#close(err);
    callback(err);
  }

  /**
   * Closes the stream as a destroyed socket closes its connection: what was
   * written still leaves, unless that means waiting for the peer.
   */
  #close(err) {
    const stream = this.#stream;

    if (stream.closed || stream.destroyed) return;

    if (err || (this.#answer !== null && !this.#answer.isBegun)) {
      this.#answer?.destroy();
      stream.close(NGHTTP2_CANCEL);
      return;
    }

    const timer = setTimeout(() => stream.destroy(), LINGER);

    timer.unref();
    stream.once('close', () => clearTimeout(timer));

    if (this.#answer !== null) {
      // ws up to 8.7 refuses a request with a response and a call of this.
      this.#answer.end();
      stream.once('finish', () => stream.close(NGHTTP2_NO_ERROR));
      return;
    }

    // RFC 9113, section 8.1: the response is complete, and the rest of the
    // request isn't needed.
    this.#flush();
    stream.end();
    stream.close(NGHTTP2_NO_ERROR);
  }

  #onUpgraded(early) {
    this.#answer = null;
    for (const chunk of early) this.#stream.write(chunk);
  }

  #onClose() {
    // What was read may still wait for the socket's reader.
    if (
      this.#stream.rstCode === NGHTTP2_NO_ERROR &&
      this.#hasEnded &&
      this.writableEnded
    ) {
      return;
    }

    this.destroy(resetError(this.#stream));
    this.#goOn(this.errored);
  }

  #goOn(err) {
    const waiting = this.#waiting;

    this.#waiting = null;
    this.#waitingLength = 0;
    waiting?.(err);
  }
}

function resetError({ rstCode }) {
  const err = new Error(`The stream was closed with code ${rstCode}`);

  err.code = 'ECONNRESET';
  return err;
}

module.exports = StreamSocket;
