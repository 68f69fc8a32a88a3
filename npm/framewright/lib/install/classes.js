'use strict';

const { Duplex } = require('stream');

/**
 * Finds the classes of a copy of ws. What stands for the copy differs: its
 * CommonJS module is the class WebSocket with the others on it, and in its ES
 * module they are names beside it. A bundle of the ES module has only the names.
 *
 * @param {*} ws What `require('ws')` gives, its ES module namespace, an object
 *     with some of its names, or its class WebSocket
 * @return {(Object|null)} `Receiver`, `Sender`, `WebSocket` and, if it is to be
 *     found, `WebSocketServer`; `null` if it isn't ws
 */
function classesOf(ws) {
  const places = [ws, ws?.default].filter(isObject);
  const find = (...names) => {
    for (const place of places) {
      for (const name of names) {
        if (typeof place[name] === 'function') return place[name];
      }
    }
  };
  const WebSocket =
    find('WebSocket') ?? places.find((place) => typeof place === 'function');
  const Receiver = find('Receiver');
  const Sender = find('Sender');
  const WebSocketServer = find('WebSocketServer', 'Server');

  if (WebSocket === undefined) return null;
  if (Receiver !== undefined && Sender !== undefined) {
    return { Receiver, Sender, WebSocket, WebSocketServer };
  }

  const classes = classesOfWebSocket(connectedToNothing(WebSocket));

  return classes && { ...classes, WebSocketServer };
}

/**
 * Finds the classes of the copy of ws that made a WebSocket.
 *
 * @param {WebSocket} webSocket One that has a socket
 * @return {(Object|null)} `Receiver`, `Sender` and `WebSocket`; `null` if it
 *     isn't ws
 */
function classesOfWebSocket(webSocket) {
  const Receiver = webSocket?._receiver?.constructor;
  const Sender = webSocket?._sender?.constructor;
  // Applications and frameworks extend it.
  let prototype = webSocket;

  while (prototype && !Object.hasOwn(prototype, 'setSocket')) {
    prototype = Object.getPrototypeOf(prototype);
  }

  const WebSocket = prototype?.constructor;

  return [Receiver, Sender, WebSocket].every((c) => typeof c === 'function')
    ? { Receiver, Sender, WebSocket }
    : null;
}

/** As ws's server makes one, on a socket that leads nowhere. */
function connectedToNothing(WebSocket) {
  if (typeof WebSocket.prototype?.setSocket !== 'function') return null;

  try {
    const webSocket = new WebSocket(null, undefined, {});
    const socket = new Duplex({
      read() {},
      write(chunk, encoding, callback) {
        callback();
      }
    });

    socket.setNoDelay = socket.setTimeout = () => socket;
    webSocket.setSocket(socket, Buffer.alloc(0), { maxPayload: 0 });
    return webSocket;
  } catch {
    return null;
  }
}

function isObject(value) {
  return (
    typeof value === 'function' || (typeof value === 'object' && value !== null)
  );
}

module.exports = { classesOf, classesOfWebSocket };
