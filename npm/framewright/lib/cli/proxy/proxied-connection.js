'use strict';

const { Transform, pipeline } = require('stream');

const { ClosedBy } = require('../../inspect/live-records');

/**
 * A client's connection and the one to the server behind it. Octets go both
 * ways as they come. Each direction ends by itself, is reset if the other side
 * was, and goes no faster than its receiver takes the octets, and than the
 * recording does.
 */
class ProxiedConnection {
  #client;
  #closedBy = ClosedBy.UNKNOWN;
  #flow;
  #isForwarding = false;
  #server;
  #watch;

  /**
   * @param {Socket} client The client's socket
   * @param {Socket} server A socket that is about to be connected to the server
   * @param {Object} options The options
   * @param {Flow} [options.flow] Where the octets are recorded
   * @param {Function} options.onRefused Called with the error, where the server
   *     can't be reached
   * @param {HandshakeWatch} options.watch What looks at the octets
   */
  constructor(client, server, { flow, onRefused, watch }) {
    this.#client = client;
    this.#flow = flow;
    this.#server = server;
    this.#watch = watch;

    client.on('error', () => this.#onError(server));
    server.on('error', (err) => {
      if (this.#isForwarding) {
        this.#onError(client);
      } else {
        onRefused(err);
        flow?.reset(true);
        this.#refuse(err);
      }
    });
    client.on('close', () => {
      if (!this.#isForwarding) server.destroy();
      watch.close(this.#closedBy);
    });
  }

  /** Forwards from now on; the server's socket is connected. */
  forward() {
    const client = this.#client;
    const server = this.#server;

    this.#isForwarding = true;
    client.setNoDelay();
    server.setNoDelay();
    // What these would report, the sockets' own errors do.
    pipeline(client, this.#fromClient(), server, () => {});
    pipeline(server, this.#fromServer(), client, () => {});
  }

  #fromClient() {
    return new Transform({
      transform: (octets, encoding, cb) => {
        this.#pass(false, this.#watch.fromClient(octets), cb);
      },
      flush: (cb) => {
        this.#onEnd(false);
        this.#pass(false, this.#watch.clientEnds(), cb);
      }
    });
  }

  #fromServer() {
    return new Transform({
      transform: (octets, encoding, cb) => {
        this.#watch.fromServer(octets);
        this.#pass(true, octets, cb);
      },
      flush: (cb) => {
        this.#onEnd(true);
        cb();
      }
    });
  }

  #pass(isOut, octets, cb) {
    if (octets.length === 0) cb();
    else if (this.#flow === undefined) cb(null, octets);
    else this.#flow.write(isOut, octets, () => cb(null, octets));
  }

  #onEnd(isOut) {
    this.#flow?.end(isOut);

    if (this.#closedBy === ClosedBy.UNKNOWN) {
      this.#closedBy = isOut ? ClosedBy.SERVER : ClosedBy.CLIENT;
    }
  }

  #onError(other) {
    this.#closedBy = ClosedBy.ERROR;
    this.#flow?.reset(other === this.#client);

    // TLS has nothing of the kind.
    if (other.encrypted || other.connecting) other.destroy();
    else other.resetAndDestroy();
  }

  #refuse({ code, message }) {
    const text = `The proxy can't reach the server: ${code ?? message}\n`;

    this.#client.end(
      'HTTP/1.1 502 Bad Gateway\r\n' +
        'Connection: close\r\n' +
        'Content-Type: text/plain; charset=utf-8\r\n' +
        `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
    );
    // Closing with octets unread would make the response disappear.
    this.#client.resume();
    this.#client.setTimeout(1000, () => this.#client.destroy());
  }
}

module.exports = ProxiedConnection;
