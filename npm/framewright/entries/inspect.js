'use strict';

const http = require('http');
const https = require('https');
const net = require('net');

const { checkNames } = require('../lib/check-options');
const Inspection = require('../lib/tap/http/inspection');

const OPTIONS = ['bufferLength', 'hosts', 'nameOf', 'path', 'token'];

/**
 * Shows an app's WebSocket traffic, byte by byte, on a page of its own.
 *
 * @param {(Koa|Server|WebSocketServer)} target A Koa app, an HTTP or HTTPS
 *     server, or a `WebSocketServer` that has one
 * @param {Object} [options] The options
 * @param {Number} [options.bufferLength=67108864] How many bytes may wait for a
 *     watcher that reads slowly; what exceeds them is dropped and counted
 * @param {String[]} [options.hosts] Host names by which other machines may ask
 *     for the page; needs a token
 * @param {Function} [options.nameOf] Gets a WebSocket and its request (none where
 *     the connection was open before), and returns what the page shall call it, or
 *     a promise of that
 * @param {String} [options.path='/__frames/'] Where the page is
 * @param {String} [options.token] What the page's address has to bring along as
 *     `?token=`; by default a random one, which is printed when somebody asks
 *     without. Needed where `NODE_ENV` is `production`
 * @return {(Function|Inspection)} Middleware for a Koa app; either way with the
 *     page's `path`, its `url` with the token, and `close()` to stop
 * @throws {TypeError|RangeError|Error} If the target or an option won't do
 */
function inspect(target, options = {}) {
  checkNames(options, OPTIONS);

  if (isKoa(target)) return inspectApp(target, new Inspection(options));

  if (target instanceof http.Server || target instanceof https.Server) {
    const inspection = new Inspection(options);

    inspection.attach(target, true);
    return inspection;
  }

  if (typeof target?.handleUpgrade === 'function') {
    if (!target._server) {
      throw new TypeError(
        'A WebSocketServer with `noServer` has no place for the page: ' +
          'give inspect() the http.Server'
      );
    }

    const inspection = inspect(target._server, options);

    for (const client of target.clients ?? []) inspection.attachClient(client);
    return inspection;
  }

  throw new TypeError(
    `inspect() takes a Koa app, an http.Server or a WebSocketServer${adviceOn(target)}`
  );
}

/** What to pass in place of an app that leads to its server, or has none yet. */
function adviceOn(target) {
  if (target instanceof net.Server) return '';

  // Fastify and Restify, Socket.IO, hapi.
  for (const name of ['server', 'httpServer', 'listener']) {
    if (target?.[name] instanceof net.Server) {
      return `: of this, pass its \`${name}\``;
    }
  }

  if (typeof target?.getHttpServer === 'function') {
    return ': of this, pass what `getHttpServer()` returns';
  }

  // Express and Connect.
  if (typeof target?.listen === 'function') {
    return ': of this, pass what `listen()` returns';
  }

  return '';
}

function isKoa(target) {
  return (
    typeof target?.callback === 'function' && typeof target.use === 'function'
  );
}

function inspectApp(app, inspection) {
  const { listen } = app;

  app.listen = function (...args) {
    const server = listen.apply(this, args);

    inspection.attach(server);
    return server;
  };

  function middleware(ctx, next) {
    // An app's callback may be given to a server that it knows nothing of.
    const { server } = ctx.req.socket;

    if (server) inspection.attach(server);

    if (!inspection.answer(ctx.path, ctx.req, ctx.res)) return next();
    ctx.respond = false;
  }

  Object.assign(middleware, {
    close: () => inspection.close(),
    path: inspection.path
  });

  return Object.defineProperty(middleware, 'url', {
    enumerable: true,
    get: () => inspection.url
  });
}

module.exports = inspect;
