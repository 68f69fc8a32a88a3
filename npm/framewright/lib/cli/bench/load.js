'use strict';

const { once } = require('events');
const net = require('net');
const { setTimeout: delay } = require('timers/promises');

const { CompressedAnswers, PlainAnswers } = require('./answers');
const { payloadOf } = require('./cells');
const { frame } = require('./frames');

const HOST = '127.0.0.1';

const REQUEST = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  // Each message can then be sent again and again, as the same bytes.
  'Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; ' +
    'server_no_context_takeover',
  '',
  ''
].join('\r\n');

/**
 * The clients of a cell: as soon as a connection has its messages back, byte
 * for byte, it sends them again.
 */
class Load {
  #answers;
  #count = 0;
  #fail;
  #failed;
  #inFlight;
  #isRunning = false;
  #request;
  #sockets = [];
  #waiting = 0;

  /**
   * Connects.
   *
   * @param {Number} port Where the server listens
   * @param {Object} cell What to do
   * @return {Promise<Load>} The load, at rest
   */
  static async open(port, cell) {
    const load = new Load(cell);

    await Promise.all(
      Array.from({ length: cell.connections }, () => load.#connect(port))
    );
    return load;
  }

  /** @private */
  constructor(cell) {
    const { inFlight, isCompressed } = cell;
    const payload = payloadOf(cell);
    const message = frame(payload, { isCompressed, isMasked: true });

    this.#answers = isCompressed
      ? new CompressedAnswers(payload)
      : new PlainAnswers(payload, inFlight);
    this.#inFlight = inFlight;
    this.#request = Buffer.concat(Array(inFlight).fill(message));
    this.#failed = new Promise((resolve, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => {});
  }

  /**
   * @param {Number} ms How long to measure; longer if nothing is back by then
   * @return {Promise<Number>} Messages a second, more than 0
   */
  async run(ms) {
    const start = performance.now();

    this.#count = 0;
    this.#isRunning = true;
    for (const socket of this.#sockets) this.#send(socket);
    await Promise.race([delay(ms), this.#failed]);
    // However short the time and busy the machine: without an answer there is
    // no figure.
    while (this.#count === 0) await Promise.race([delay(1), this.#failed]);

    const rate = (this.#count / (performance.now() - start)) * 1000;

    // The next begins when all is back.
    this.#isRunning = false;
    while (this.#waiting > 0) await Promise.race([delay(1), this.#failed]);
    return rate;
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #connect(port) {
    const socket = net.connect(port, HOST);

    socket.setNoDelay();
    socket.on('error', (err) => this.#fail(err));
    socket.write(REQUEST);

    const [head] = await Promise.race([once(socket, 'data'), this.#failed]);

    if (!head.toString('latin1').endsWith('\r\n\r\n')) {
      throw new Error('the server gave an unexpected answer');
    }

    socket.on('data', (chunk) => this.#onData(socket, chunk));
    this.#sockets.push(socket);
  }

  #send(socket) {
    this.#waiting++;
    socket.write(this.#request);
  }

  #onData(socket, chunk) {
    let isComplete;

    try {
      isComplete = this.#answers.take(socket, chunk);
    } catch (err) {
      this.#fail(err);
      return;
    }

    if (!isComplete) return;

    this.#waiting--;
    this.#count += this.#inFlight;
    if (this.#isRunning) this.#send(socket);
  }
}

module.exports = Load;
