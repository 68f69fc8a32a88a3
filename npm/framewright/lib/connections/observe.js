'use strict';

const { isKoaServer, isServer, isWebSocket } = require('./kinds');

const CONNECTING = 0;
const CLOSED = 3;

/**
 * Calls back with every connection that a target has and will have, each once.
 *
 * A server is observed at `handleUpgrade()`, which `noServer` apps call too:
 * they need not emit `'connection'`. That event is observed as well, since
 * `ctx.upgrade()` of a Koa app ends in it.
 *
 * @param {Object} target A `WebSocketServer`, a `WebSocket`, a Koa app that has
 *     `app.ws`, or that `app.ws`
 * @param {Function} onConnection Called with the `WebSocket`, once it is open,
 *     and the request if there was one. Where it returns false, the application
 *     doesn't get the connection, unless `ctx.upgrade()` made it
 * @param {Object} [more] Optional hooks
 * @param {Function} [more.onServer] Called with each server that is observed
 * @param {Function} [more.takes] Called with the request and the socket before a
 *     handshake; where it returns false, it has refused the request itself
 * @return {Function} Stops observing
 * @throws {TypeError} If the target is something else
 */
function observe(target, onConnection, more = {}) {
  const observation = {
    isOn: true,
    known: new WeakSet(),
    onConnection,
    more,
    ends: []
  };

  if (isWebSocket(target)) observeWebSocket(target, observation);
  else if (isServer(target)) observeServer(target, observation);
  else if (isKoaServer(target)) observeKoa(target, observation);
  else if (isKoaServer(target?.ws)) observeKoa(target.ws, observation);
  else {
    throw new TypeError(
      'The target must be a WebSocketServer, a WebSocket, or a Koa app with ' +
        'WebSockets'
    );
  }

  return () => {
    observation.isOn = false;
    for (const end of observation.ends) end();
  };
}

function observeWebSocket(ws, observation) {
  if (ws.readyState === CONNECTING) {
    ws.once('open', () => take(ws, undefined, observation));
  } else {
    take(ws, undefined, observation);
  }
}

function observeServer(server, observation) {
  const { handleUpgrade } = server;
  const { onServer, takes } = observation.more;

  if (onServer !== undefined) onServer(server);

  const observed = function (req, socket, head, cb) {
    if (!observation.isOn) {
      return handleUpgrade.call(this, req, socket, head, cb);
    }

    if (takes !== undefined && !takes(req, socket)) return;

    return handleUpgrade.call(this, req, socket, head, function (ws, request) {
      if (take(ws, request ?? req, observation) !== false) {
        return cb.call(this, ws, request);
      }
    });
  };
  const onConnection = (ws, req) => {
    take(ws, req, observation);
  };

  server.handleUpgrade = observed;
  // Before the app's own listeners, whenever those are added.
  server.prependListener('connection', onConnection);
  observation.ends.push(() => {
    server.off('connection', onConnection);
    // Somebody may have wrapped it since, so it stays in place and does nothing.
    if (server.handleUpgrade === observed) server.handleUpgrade = handleUpgrade;
  });

  for (const ws of server.clients ?? []) take(ws, undefined, observation);
}

/** Observes the server of `app.ws`, which it has once the app listens. */
function observeKoa(koaServer, observation) {
  const { listen, server } = koaServer;

  const observed = function (...args) {
    const result = listen.apply(this, args);

    if (observation.isOn) observeServer(this.server, observation);
    return result;
  };

  koaServer.listen = observed;
  observation.ends.push(() => {
    if (koaServer.listen === observed) koaServer.listen = listen;
  });

  if (server) observeServer(server, observation);
}

function take(ws, req, { isOn, known, onConnection }) {
  if (!isOn || known.has(ws) || ws.readyState === CLOSED) return;

  known.add(ws);
  return onConnection(ws, req);
}

module.exports = observe;
