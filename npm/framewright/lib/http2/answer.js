'use strict';

const http = require('http');
const { constants } = require('http2');
const { Duplex } = require('stream');

/** The longest head of a response, in bytes. The application writes it. */
const MAX_HEAD_LENGTH = 1024 * 1024;

/** RFC 9113, section 8.2.2, and RFC 8441, section 5: not for HTTP/2. */
const NOT_SENT = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'sec-websocket-accept',
  'transfer-encoding',
  'upgrade'
]);

/**
 * Turns the HTTP/1.1 response that an application writes to a socket into one
 * on an HTTP/2 stream. This is the connection of Node's own HTTP client, which
 * reads the response.
 */
class Answer {
  #duplex;
  #hasEnded = false;
  #onUpgraded;
  #release = null;
  #request;
  #stream;

  /**
   * @param {Http2Stream} stream Where the response goes
   * @param {Function} onUpgraded Called once the response is 101, which is sent
   *     as 200, with what was written after it
   */
  constructor(stream, onUpgraded) {
    /** Whether anything was written. */
    this.isBegun = false;
    this.#stream = stream;
    this.#onUpgraded = onUpgraded;
    this.#duplex = new Duplex({
      read: () => this.#takeMore(),
      write: (chunk, encoding, callback) => callback()
    });
    this.#request = http.request({
      createConnection: () => this.#duplex,
      headers: { Connection: 'Upgrade', Upgrade: 'websocket' },
      maxHeaderSize: MAX_HEAD_LENGTH
    });
    this.#request.on('upgrade', (response, _, head) => {
      this.#upgrade(response, head);
    });
    this.#request.on('response', (response) => this.#respond(response));
    // It was no response, or it ended too early.
    this.#request.on('error', () => stream.close(constants.NGHTTP2_CANCEL));
    this.#request.end();
  }

  /**
   * @param {Buffer} chunk Part of the response
   * @param {Function} callback Called when more may come
   */
  write(chunk, callback) {
    this.isBegun = true;

    if (this.#duplex.push(chunk)) callback();
    else this.#release = callback;
  }

  /** The response is complete. */
  end() {
    this.#hasEnded = true;
    this.#duplex.push(null);
  }

  /** There will be none. */
  destroy() {
    this.#request.destroy();
  }

  #takeMore() {
    const release = this.#release;

    this.#release = null;
    release?.();
  }

  #upgrade(response, head) {
    const early = [head];

    for (let chunk; (chunk = this.#duplex.read()) !== null;) early.push(chunk);

    if (!this.#stream.destroyed && !this.#stream.closed) {
      this.#stream.respond(headersOf(response, 200));
    }
    this.#onUpgraded(early.filter(({ length }) => length > 0));
    if (this.#hasEnded) this.#stream.end();
    this.#takeMore();
  }

  #respond(response) {
    const stream = this.#stream;

    if (stream.destroyed || stream.closed) return;

    stream.respond(headersOf(response, refusal(response.statusCode)));
    response.on('error', () => stream.close(constants.NGHTTP2_CANCEL));
    response.pipe(stream);
  }
}

/**
 * The status of a refusal. In HTTP/1.1, everything but 101 refuses; for an
 * extended CONNECT, a status such as 200 would accept.
 */
function refusal(status) {
  return status < 300 ? 400 : status;
}

/** The fields of a response, as HTTP/2 has them. */
function headersOf({ rawHeaders }, status) {
  const headers = { ':status': status };

  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();

    if (NOT_SENT.has(name)) continue;
    headers[name] = [headers[name] ?? [], rawHeaders[i + 1]].flat();
  }

  // A list where there may be only one is refused.
  for (const [name, values] of Object.entries(headers)) {
    if (values.length === 1) headers[name] = values[0];
  }

  return headers;
}

module.exports = Answer;
