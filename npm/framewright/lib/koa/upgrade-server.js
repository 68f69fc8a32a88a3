'use strict';

const { WebSocketServer } = require('../../entries/index.js');

const UpgradeRequest = require('./upgrade-request');

/**
 * A `WebSocketServer` that can have an HTTP request handler decide whether a
 * client is let in.
 */
class UpgradeServer extends WebSocketServer {
  #handler;

  /**
   * @param {Object} options Options for the `WebSocketServer`
   * @param {Function} handler Returns the handler for the next upgrade request
   *     if it is to take the way of ordinary requests, else `null`
   */
  constructor(options, handler) {
    super(options);
    this.#handler = handler;
    this.on('headers', (headers, req) => {
      UpgradeRequest.of(req)?.addHeaders(headers);
    });
  }

  /**
   * @param {IncomingMessage} req The upgrade request
   * @param {Duplex} socket Its socket
   * @param {Buffer} head What was read beyond the request
   * @param {Function} cb Called with the WebSocket and the request
   */
  handleUpgrade(req, socket, head, cb) {
    const handshake = (cb) => super.handleUpgrade(req, socket, head, cb);

    // Whoever calls this on a server of their own has decided already. Requests
    // with a body go to ws, which refuses all but GET: their body is lost here.
    const handler =
      this.options.noServer ||
      req.method !== 'GET' ||
      req.headers.upgrade?.toLowerCase() !== 'websocket'
        ? null
        : this.#handler();

    if (handler) new UpgradeRequest(this, req, socket, handshake).run(handler);
    else handshake(cb);
  }
}

module.exports = UpgradeServer;
