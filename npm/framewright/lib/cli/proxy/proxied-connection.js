'use strict';

const { Transform, pipeline } = require('stream');

const { ClosedBy } = require('../../tap/live-records');
const Conversation = require('./conversation');
const { unreachable } = require('./refusal');

/** How long a client may take to close after a response of our own, in ms. */
const CLOSE_TIMEOUT = 1000;

/**
 * A client's connection and the one to the server. Bytes go both ways as they
 * come. Each direction ends by itself, and is reset if the other side was. It
 * is no faster than its receiver, or than the recording.
 */
class ProxiedConnection {
  #client;
  #closedBy = ClosedBy.UNKNOWN;
  #conversation;
  #flow;
  #isForwarding = false;
  #isRefused = false;
  #server;
  #toClient;
  #toServer;

  /**
   * @param {Socket} client The client's socket
   * @param {Socket} server A socket that is about to be connected to the server
   * @param {Object} options The options
   * @param {Control} [options.control] What sends and holds messages
   * @param {Flow} [options.flow] Where the bytes are recorded
   * @param {String} [options.host] What to write into the requests' `Host`
   * @param {Function} options.onRefused Called with the error, where the server
   *     can't be reached
   * @param {Function} options.open Takes the heads of a handshake and returns
   *     the tap's `Connection`
   */
  constructor(client, server, { control, flow, host, onRefused, open }) {
    this.#client = client;
    this.#flow = flow;
    this.#server = server;
    this.#conversation = new Conversation({
      control,
      host,
      open,
      refuse: (response, request) => this.#refuse(response, request),
      pass: (isOut, bytes) => this.#pass(isOut, bytes)
    });

    client.on('error', () => this.#onError(server));
    server.on('error', (err) => {
      if (this.#isRefused) return;

      if (this.#isForwarding) {
        this.#onError(client);
      } else {
        onRefused(err);
        flow?.reset(true);
        this.#respond(unreachable(err));
      }
    });
    client.on('close', () => {
      if (!this.#isForwarding || this.#isRefused) server.destroy();
      this.#conversation.close(this.#closedBy);
    });
  }

  /** Forwards from now on; the server's socket is connected. */
  forward() {
    const client = this.#client;
    const server = this.#server;

    this.#isForwarding = true;
    this.#toServer = this.#fromClient();
    this.#toClient = this.#fromServer();
    client.setNoDelay();
    server.setNoDelay();
    // The sockets' own errors report what these would.
    pipeline(client, this.#toServer, server, () => {});
    pipeline(server, this.#toClient, client, () => {});
  }

  #fromClient() {
    return new Transform({
      transform: (bytes, encoding, cb) => {
        this.#conversation.fromClient(bytes, this.#whenReady(cb));
      },
      flush: (cb) => {
        this.#conversation.clientEnds(() => {
          this.#onEnd(false);
          cb();
        });
      }
    });
  }

  #fromServer() {
    return new Transform({
      transform: (bytes, encoding, cb) => {
        const whenReady = this.#whenReady(cb);

        if (this.#isRefused) whenReady();
        else this.#conversation.fromServer(bytes, whenReady);
      },
      flush: (cb) => {
        this.#conversation.serverEnds(() => {
          this.#onEnd(true);
          cb();
        });
      }
    });
  }

  #pass(isOut, bytes) {
    this.#flow?.write(isOut, bytes);
    (isOut ? this.#toClient : this.#toServer).push(bytes);
  }

  /** A callback in place of `cb`, which the recording may delay. */
  #whenReady(cb) {
    return this.#flow === undefined ? cb : () => this.#flow.whenReady(cb);
  }

  #onEnd(isOut) {
    if (!this.#isRefused) this.#flow?.end(isOut);

    if (this.#closedBy === ClosedBy.UNKNOWN) {
      this.#closedBy = isOut ? ClosedBy.SERVER : ClosedBy.CLIENT;
    }
  }

  #onError(other) {
    this.#closedBy = ClosedBy.ERROR;
    this.#flow?.reset(other === this.#client);

    // TLS has no such thing.
    if (other.encrypted || other.connecting) other.destroy();
    else other.resetAndDestroy();
  }

  /** Responds in the server's place, and closes. */
  #refuse(response, request) {
    this.#flow?.write(false, request);

    // Perhaps only the client's side is still open.
    if (this.#toClient.writableEnded) return;

    this.#pass(true, response);
    this.#flow?.end(true);
    this.#isRefused = true;
    this.#toClient.push(null);
    this.#closeSoon();
  }

  #respond(response) {
    this.#client.end(response);
    // Closing with bytes unread would lose the response.
    this.#client.resume();
    this.#closeSoon();
  }

  #closeSoon() {
    const client = this.#client;

    client.once('finish', () => {
      client.setTimeout(CLOSE_TIMEOUT, () => client.destroy());
    });
  }
}

module.exports = ProxiedConnection;
