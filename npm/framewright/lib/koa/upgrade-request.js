'use strict';

const { ServerResponse } = require('http');
const { Writable } = require('stream');
const { debuglog } = require('util');

const { INTERNAL_ERROR } = require('../close-codes');
const closeHeader = require('./late-headers');
const UpgradeError = require('./upgrade-error');

const debug = debuglog('framewright');

/** Header fields that describe a body, or that belong to the handshake. */
const NOT_OURS =
  /^(?:connection|content-.*|sec-websocket-.*|transfer-encoding|upgrade)$/i;

const requests = new WeakMap();

/**
 * An upgrade request on its way through ordinary middleware. It ends in one of
 * three ways: the handler responds, and the response goes out on the socket,
 * which is then closed; `accept()` is called, and ws takes over the socket; or
 * the socket closes.
 *
 * Node's HTTP server has let go of the socket, so this does the server's part.
 */
class UpgradeRequest {
  #accepted;
  #handshake;
  #req;
  #res;
  #server;
  #socket;

  /**
   * @param {IncomingMessage} req A request
   * @return {(UpgradeRequest|undefined)} Its way through the middleware, if it
   *     is an upgrade request that took it
   */
  static of(req) {
    return requests.get(req);
  }

  /**
   * @param {WebSocketServer} server The server that got the request
   * @param {IncomingMessage} req The request
   * @param {Duplex} socket Its socket
   * @param {Function} handshake Has ws do its handshake; takes a callback for
   *     the WebSocket
   */
  constructor(server, req, socket, handshake) {
    this.#server = server;
    this.#req = req;
    this.#socket = socket;
    this.#handshake = handshake;
    this.#res = new ServerResponse(req);
    this.#res.shouldKeepAlive = false;
    requests.set(req, this);
  }

  /**
   * @param {Function} handler Takes the request and the response
   */
  run(handler) {
    this.#socket.on('error', onError);
    this.#attach();
    handler(this.#req, this.#res);
  }

  /**
   * @param {Object} ctx The Koa context
   * @return {Promise<WebSocket>} The open WebSocket, the same on each call
   */
  accept(ctx) {
    this.#accepted ??= this.#accept(ctx);
    return this.#accepted;
  }

  /**
   * Adds what the middleware has set so far to the header of the handshake's
   * response, such as cookies. This is where the response's header is written,
   * which is what `on-headers` and the sessions of Express wait for.
   *
   * @param {String[]} headers The lines of the header
   */
  addHeaders(headers) {
    this.#res.writeHead(101);

    for (const name of this.#res.getHeaderNames()) {
      if (NOT_OURS.test(name)) continue;
      for (const value of [this.#res.getHeader(name)].flat()) {
        headers.push(`${name}: ${value}`);
      }
    }
  }

  async #accept(ctx) {
    if (this.#res.headersSent) {
      throw new Error('ctx.upgrade() was called after the response was sent');
    }

    this.#detach();
    // A microtask's microtasks come before any event: the caller has the
    // WebSocket in time for a message that came with the request.
    await null;
    const websocket = await this.#shakeHands();

    this.#socket.removeListener('error', onError);
    websocket.on('error', (err) => debug('WebSocket error: %O', err));
    ctx.websocket = websocket;
    ctx.respond = false;
    closeHeader(this.#res, this.#server);
    this.#discard();

    const { onerror } = ctx;
    ctx.onerror = function (err) {
      if (err != null) websocket.close(INTERNAL_ERROR);
      return onerror.call(this, err);
    };

    this.#server.emit('connection', websocket, this.#req);
    return websocket;
  }

  #shakeHands() {
    return new Promise((resolve, reject) => {
      const server = this.#server;
      const socket = this.#socket;

      const onClose = () => {
        reject(new UpgradeError(400, 'The WebSocket handshake was not done'));
      };
      if (!socket.readable || !socket.writable) return onClose();

      // ws writes a refusal to the socket itself, but for those that it leaves
      // to a listener: these become responses of the app.
      const onInvalid = (err) => {
        this.#attach();
        socket.removeListener('close', onClose);
        reject(new UpgradeError(400, err.message, versions(this.#req)));
      };
      const listens = server.listenerCount('wsClientError') > 0;
      if (!listens) server.on('wsClientError', onInvalid);
      socket.on('close', onClose);

      try {
        this.#handshake((websocket) => {
          socket.removeListener('close', onClose);
          resolve(websocket);
        });
      } catch (err) {
        // A hook of the user's threw, such as `handleProtocols`. If the header
        // is written, it was a listener of 'headers', and it is too late for a
        // response.
        socket.removeListener('close', onClose);
        if (this.#res.headersSent) socket.destroy();
        else this.#attach();
        reject(err);
      } finally {
        server.removeListener('wsClientError', onInvalid);
      }
    });
  }

  /** Sends the response on the socket. */
  #attach() {
    const socket = this.#socket;

    this.#res.on('finish', this.#onFinish);
    this.#res.assignSocket(socket);
    socket.on('drain', this.#onDrain);
    socket.on('end', onEnd);
  }

  #detach() {
    const socket = this.#socket;

    socket.removeListener('end', onEnd);
    socket.removeListener('drain', this.#onDrain);
    if (this.#res.socket) this.#res.detachSocket(socket);
    this.#res.removeListener('finish', this.#onFinish);
  }

  /**
   * Finishes the response, which ws has really sent, for those who wait for it
   * to finish or ask whether it was sent.
   */
  #discard() {
    const sink = new Writable({
      write(chunk, encoding, callback) {
        callback();
      }
    });

    this.#res.assignSocket(sink);
    this.#res.on('error', (err) => debug('late response: %O', err));
    this.#res.on('finish', () => sink.destroy());
    this.#res.end();
  }

  #onDrain = () => this.#res.emit('drain');

  #onFinish = () => {
    this.#socket.once('finish', this.#socket.destroy);
    this.#socket.end();
  };
}

/** The header that RFC 6455, section 4.4 asks for if the version is wrong. */
function versions(req) {
  const version = Number(req.headers['sec-websocket-version']);
  if (version === 13 || version === 8) return {};
  return { 'Sec-WebSocket-Version': '13, 8' };
}

function onEnd() {
  this.end();
}

function onError() {
  this.destroy();
}

module.exports = UpgradeRequest;
