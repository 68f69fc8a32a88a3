'use strict';

const { constants } = require('http2');
const { Duplex } = require('stream');

const Answer = require('./answer');

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants;

/** What is told of a socket, and of a stream the same as of its connection's. */
const ABOUT = [
  'alpnProtocol',
  'authorizationError',
  'authorized',
  'encrypted',
  'localAddress',
  'localFamily',
  'localPort',
  'remoteAddress',
  'remoteFamily',
  'remotePort',
  'servername'
];

/** What can be asked of a socket that has TLS. */
const ASKED = [
  'getCertificate',
  'getCipher',
  'getPeerCertificate',
  'getPeerX509Certificate',
  'getProtocol'
];

/**
 * A stream of an HTTP/2 connection in the place of a socket of its own, as
 * RFC 8441, section 5.1 has it: the end of the stream is that of a socket, and
 * a reset stream a reset socket.
 *
 * First comes the response to the request, as HTTP/1.1 has it; what is written
 * after 101 goes out as it is.
 */
class StreamSocket extends Duplex {
  #answer;
  #hasEnded = false;
  #read = 0;
  #stream;
  #written = 0;

  /** @param {ServerHttp2Stream} stream The stream of a CONNECT request */
  constructor(stream) {
    super({ allowHalfOpen: true });

    const { socket } = stream.session;

    this.#stream = stream;
    for (const name of ABOUT) this[name] = socket[name];
    for (const name of ASKED) {
      if (typeof socket[name] === 'function') {
        this[name] = (...args) => stream.session?.socket[name](...args);
      }
    }

    this.#answer = new Answer(stream, (early) => this.#onUpgraded(early));

    stream.on('data', (chunk) => {
      this.#read += chunk.length;
      if (!this.push(chunk)) stream.pause();
    });
    stream.on('end', () => {
      this.#hasEnded = true;
      this.push(null);
    });
    stream.on('error', (err) => this.destroy(err));
    stream.on('close', () => this.#onClose());
    // Nobody need listen to them: ws does, when it takes the socket.
    this.on('error', () => {});
  }

  get bytesRead() {
    return this.#read;
  }

  get bytesWritten() {
    return this.#written + this.writableLength;
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

  // What a socket can be set to is its connection's, and not for one stream to
  // say.

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
    const done = (err) => {
      if (!err) this.#written += chunk.length;
      callback(err);
    };

    if (this.#answer !== null) this.#answer.write(chunk, done);
    else this.#stream.write(chunk, done);
  }

  _writev(chunks, callback) {
    if (this.#answer !== null || chunks.length === 1) {
      this._write(
        Buffer.concat(chunks.map(({ chunk }) => chunk)),
        'buffer',
        callback
      );
      return;
    }

    const last = chunks.pop();
    let length = last.chunk.length;

    this.#stream.cork();
    for (const { chunk } of chunks) {
      length += chunk.length;
      this.#stream.write(chunk);
    }
    this.#stream.write(last.chunk, (err) => {
      if (!err) this.#written += length;
      callback(err);
    });
    this.#stream.uncork();
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

    stream.once('finish', done);
    stream.once('close', done);
    if (this.#answer !== null) this.#answer.end();
    else stream.end();
  }

  _destroy(err, callback) {
    const stream = this.#stream;

    // Nobody reads what still comes.
    stream.resume();

    if (err || this.#answer === null || !this.#answer.isBegun) {
      this.#answer?.destroy();
      this.#close();
    } else {
      // A socket has sent what it was given: ws up to 8.7 refuses a request by
      // a response and the end of the socket at once.
      this.#answer.end();
      stream.once('finish', () => this.#close());
    }

    callback(err);
  }

  #close() {
    const stream = this.#stream;

    if (stream.closed || stream.destroyed) return;
    // RFC 9113, section 8.1: all is said, and the rest isn't wanted.
    stream.close(stream.writableFinished ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
  }

  #onUpgraded(early) {
    this.#answer = null;
    for (const chunk of early) this.#stream.write(chunk);
  }

  #onClose() {
    const { rstCode } = this.#stream;

    // What was read may still wait for whoever reads the socket.
    if (rstCode === NGHTTP2_NO_ERROR && this.#hasEnded && this.writableEnded) {
      return;
    }

    const err = new Error(`The stream was closed with code ${rstCode}`);

    err.code = 'ECONNRESET';
    this.destroy(err);
  }
}

module.exports = StreamSocket;
