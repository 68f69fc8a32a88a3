'use strict';

const https = require('https');

const KoaWebSocketServer = require('../lib/koa/koa-web-socket-server');
const UpgradeError = require('../lib/koa/upgrade-error');
const UpgradeRequest = require('../lib/koa/upgrade-request');

/**
 * Gives a Koa app WebSockets: `app.ws` with its own middleware, as
 * koa-websocket has it, and `ctx.upgrade()` for ordinary middleware.
 *
 * Upgrade requests go to `app.ws` once it has middleware, or if the app itself
 * has none when it starts to listen. Else they take the way of all requests,
 * and the connection is refused with whatever the middleware responds unless
 * it calls `ctx.upgrade()`.
 *
 * @param {Koa} app The app, which is changed
 * @param {Object} [wsOptions] Options for the `WebSocketServer`
 * @param {Object} [httpsOptions] Options for an HTTPS server; without them
 *     `app.listen()` makes an HTTP server
 * @return {Koa} The app
 */
function websockify(app, wsOptions, httpsOptions) {
  const { listen } = app;

  app.ws = new KoaWebSocketServer(app);
  app.context.upgrade = upgrade;
  app.listen = function (...args) {
    app.server = httpsOptions
      ? https.createServer(httpsOptions, app.callback()).listen(...args)
      : listen.apply(app, args);
    app.ws.listen({ server: app.server, ...wsOptions });
    return app.server;
  };

  return app;
}

/**
 * Completes the WebSocket handshake of this request. If it fails, the promise
 * is rejected with an `UpgradeError`, which Koa makes a response of: 426 if
 * the client asked for no upgrade, 400 if it did so wrongly.
 *
 * @return {Promise<WebSocket>} The open WebSocket, also `ctx.websocket`
 */
async function upgrade() {
  if (this.websocket) return this.websocket;

  const request = UpgradeRequest.of(this.req);
  if (request) return request.accept(this);

  if (!this.app.ws?.server) {
    throw new Error(
      'ctx.upgrade() needs app.listen() or app.ws.listen({ server })'
    );
  }
  // RFC 9110, sections 7.8 and 15.5.22. Node adds nothing to a Connection
  // header of ours, so it must hold what Node would have said.
  const connection = this.res.shouldKeepAlive ? 'keep-alive' : 'close';
  throw new UpgradeError(426, 'Upgrade Required', {
    Connection: `Upgrade, ${connection}`,
    Upgrade: 'websocket'
  });
}

websockify.UpgradeError = UpgradeError;

module.exports = websockify;
