'use strict';

const { Socket } = require('net');
const { fileURLToPath } = require('url');

const { classesOfWebSocket } = require('./classes');

/** On `net.Socket`: the watcher of each copy of framewright. */
const kWatchers = Symbol.for('framewright.firstConnections.1');

/** The place of a line in a stack trace. */
const PLACE = /\(?((?:file:\/\/)?[^\s()]+):\d+:\d+\)?$/;

/** Receiver classes that were seen already. */
const known = new WeakSet();

/**
 * The only strong reference to this copy's watcher. With another one, a test
 * runner that reloads everything for each file would leak all its copies.
 */
let watch;

/**
 * Finds copies of ws that aren't modules of their own: those in bundles, such
 * as the ones of Vite or crossws. Once an upgrade is done, on either side, ws's
 * `setSocket()` stores the WebSocket on the socket, under a symbol, and then
 * calls the socket's `setNoDelay()`. Hardly anything else calls that, and at
 * most once or twice a connection. At that point nothing has been read.
 *
 * @param {Function} found Called with `Receiver`, `Sender` and `WebSocket` of
 *     each copy, and the file that the copy is in, if the stack says it
 */
function watchFirstConnections(found) {
  if (watch !== undefined) return;
  watch = (socket) => look(socket, found);

  if (Socket[kWatchers] === undefined) {
    const watchers = new Set();

    Object.defineProperty(Socket, kWatchers, { value: watchers });
    wrapSetNoDelay(watchers);
  }

  Socket[kWatchers].add(new WeakRef(watch));
}

function wrapSetNoDelay(watchers) {
  const { setNoDelay } = Socket.prototype;

  Socket.prototype.setNoDelay = Object.defineProperties(
    function () {
      const result = setNoDelay.apply(this, arguments);

      for (const watcher of watchers) {
        const watch = watcher.deref();

        if (watch === undefined) watchers.delete(watcher);
        else watch(this);
      }

      return result;
    },
    {
      length: { configurable: true, value: setNoDelay.length },
      name: { configurable: true, value: 'setNoDelay' }
    }
  );
}

function look(socket, found) {
  const webSocket = webSocketOf(socket);

  if (webSocket === undefined || known.has(webSocket._receiver?.constructor)) {
    return;
  }

  const classes = classesOfWebSocket(webSocket);

  if (classes === null) return;
  known.add(classes.Receiver);

  try {
    found(classes, caller());
  } catch (err) {
    // Opening a connection must not fail because of this.
    process.emitWarning(err);
  }
}

function webSocketOf(socket) {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    if (symbol.description !== 'websocket') continue;

    const webSocket = socket[symbol];

    if (webSocket?._socket === socket) return webSocket;
  }
}

/** The file of the copy's `setSocket()`. */
function caller() {
  const { stack } = new Error();
  const lines = typeof stack === 'string' ? stack.split('\n') : [];
  // Four of ours come first: this, `look()`, the watcher and `setNoDelay()`.
  const [, place] = PLACE.exec(lines[5] ?? '') ?? [];

  if (place === undefined) return null;
  return place.startsWith('file:') ? fileURLToPath(place) : place;
}

module.exports = watchFirstConnections;
