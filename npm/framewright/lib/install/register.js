'use strict';

const Module = require('module');
const fs = require('fs');
const path = require('path');

const hostRequire = require('../backend/host-require');
const watchFirstConnections = require('./first-connection');

/** Of the modules that hold ws's classes, those that are loaded last. */
const WEBSOCKET_MODULE = /[\\/]lib[\\/]websocket(-server)?\.js$/;

/**
 * Accelerates every copy of ws in this process: those already loaded, and those
 * that are loaded from now on, by `require()` or `import`.
 *
 * Every CommonJS module passes through `Module.prototype.load`, even if an ES
 * module imports it, and even under tools that replace
 * `Module._extensions['.js']`. The exceptions are modules whose source an ES
 * module load hook provides, module systems of their own, such as Jest's, and
 * bundles. Copies in those are found at their first connection.
 */
function register() {
  for (const file of Object.keys(hostRequire.cache)) accelerateFrom(file);

  const { load } = Module.prototype;

  Module.prototype.load = function (file) {
    const result = load.apply(this, arguments);

    accelerateFrom(file);
    return result;
  };

  watchFirstConnections((classes, file) => {
    const { accelerateClasses } = require('./accelerate');
    const where = file === null ? '' : ` in ${file}`;

    accelerateClasses(classes, `found at its first connection${where}`);
  });
}

function accelerateFrom(file) {
  if (!WEBSOCKET_MODULE.test(file)) return;

  const directory = path.dirname(path.dirname(file));

  if (!isWs(directory)) return;

  const lib = (name) => cached(path.join(directory, 'lib', `${name}.js`));
  const WebSocket = lib('websocket');
  const Receiver = lib('receiver');
  const Sender = lib('sender');

  if (!WebSocket || !Receiver || !Sender) return;

  // Only now, since a process that never loads ws has no use for a codec.
  const { accelerateClasses, accelerateServer } = require('./accelerate');

  accelerateClasses({ Receiver, Sender, WebSocket });

  const WebSocketServer = lib('websocket-server');

  if (WebSocketServer) accelerateServer(WebSocketServer, Receiver);
}

function cached(file) {
  const module = hostRequire.cache[file];

  return module && module.loaded !== false ? module.exports : undefined;
}

function isWs(directory) {
  try {
    const file = path.join(directory, 'package.json');

    return JSON.parse(fs.readFileSync(file, 'utf8')).name === 'ws';
  } catch {
    return false;
  }
}

module.exports = register;
