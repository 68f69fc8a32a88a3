'use strict';

const compose = require('koa-compose');
const { debuglog, inspect, types } = require('util');

const UpgradeRequest = require('./upgrade-request');
const UpgradeServer = require('./upgrade-server');

const debug = debuglog('framewright');

/**
 * `app.ws`: a WebSocket server with Koa middleware that runs once for each
 * connection, with the WebSocket as `ctx.websocket`.
 */
class KoaWebSocketServer {
  /**
   * @param {Koa} app The app that the contexts belong to
   */
  constructor(app) {
    this.app = app;
    this.middleware = [];
    this.server = undefined;
  }

  /**
   * @param {Function} fn Middleware to run for each connection
   * @return {KoaWebSocketServer} This server
   */
  use(fn) {
    if (typeof fn !== 'function') {
      throw new TypeError('middleware must be a function!');
    }
    this.middleware.push(fn);
    return this;
  }

  /**
   * Starts to take connections. `app.listen()` calls it.
   *
   * @param {Object} options Options for the `WebSocketServer`
   * @return {WebSocketServer} The server, from now on `app.ws.server`
   */
  listen(options) {
    // As with ordinary requests, middleware added later doesn't take part.
    const { app } = this;
    const handler = app.middleware.length > 0 ? app.callback() : null;

    this.server = new UpgradeServer(options, () =>
      this.middleware.length > 0 ? null : handler
    );
    this.server.on('connection', this.onConnection.bind(this));
    return this.server;
  }

  /**
   * Runs the middleware for a connection. What it throws is reported as the
   * app's `'error'` event, and the connection stays open.
   *
   * @param {WebSocket} websocket The new WebSocket
   * @param {IncomingMessage} req The upgrade request
   */
  onConnection(websocket, req) {
    // Middleware called `ctx.upgrade()`, and has the WebSocket.
    if (UpgradeRequest.of(req)) return;

    websocket.on('error', (err) => debug('WebSocket error: %O', err));

    const ctx = this.app.createContext(req);
    ctx.websocket = websocket;
    compose(this.middleware)(ctx).catch((err) => {
      if (!types.isNativeError(err) && !(err instanceof Error)) {
        err = new Error(`non-error thrown: ${inspect(err)}`);
      }
      debug('WebSocket middleware error: %O', err);
      if (this.app.listenerCount('error') > 0) this.app.emit('error', err, ctx);
    });
  }
}

module.exports = KoaWebSocketServer;
