'use strict';

const EventEmitter = require('events');
const { Socket } = require('net');
const { Readable } = require('stream');

const { readShared } = require('./shared-buffer');
const { io } = require('./way');

const { emit } = EventEmitter.prototype;
const { push } = Readable.prototype;

/**
 * ws's listener for a socket's `'data'`, without the spaces, braces and
 * semicolons that bundlers may leave out.
 */
const LISTENER =
  /^function[\w$]*\(([\w$]+)\)(if\(!)?this\[[\w$.]+\]\._receiver\.write\(\1\)(\)|\|\|)this\.pause\(\)$/;

/** Listeners that are ws's. */
const known = new WeakSet();

/**
 * Takes what Node reads from a connection's socket, without the socket's
 * stream, where that would only call ws's listener, which would only call
 * `receiver.write()`. Otherwise Node's stream works as usual.
 */
class SocketReader {
  /**
   * @param {Function} listener ws's listener for the socket's `'data'`
   * @param {Receiver} receiver The connection's receiver
   * @param {Delivery} delivery What delivers what it receives
   * @param {Symbol} kWebSocket Where a socket keeps its WebSocket
   * @param {Function} isReady Says whether the receiver's `write()` would deliver a chunk at once
   */
  constructor(listener, receiver, delivery, kWebSocket, isReady) {
    this.listener = listener;
    this.receiver = receiver;
    this.delivery = delivery;
    this.kWebSocket = kWebSocket;
    this.isReady = isReady;
  }

  /**
   * @param {Socket} socket The socket
   * @param {Number} length How many bytes were read
   * @return {Boolean} Whether they are taken
   */
  take(socket, length) {
    const { delivery, receiver } = this;
    const state = socket._readableState;

    if (
      socket._events.data !== this.listener ||
      state.length !== 0 ||
      state.flowing !== true ||
      state.decoder ||
      socket.push !== push ||
      socket.emit !== emit ||
      socket[this.kWebSocket]?._receiver !== receiver ||
      !this.isReady(receiver, delivery)
    ) {
      return false;
    }

    io.chunks++;
    if (!delivery.deliverRead(length)) socket.pause();
    return true;
  }
}

/**
 * Reads a connection's socket directly from now on, if it is one of Node's and
 * ws listens to it.
 *
 * @param {Receiver} receiver The connection's receiver
 * @param {Delivery} delivery What delivers what it receives
 * @param {Symbol} kWebSocket Where a receiver and a socket keep their WebSocket
 * @param {Function} isReady Says of the two whether the receiver's `write()`
 *     would deliver a chunk at once
 */
function readDirectly(receiver, delivery, kWebSocket, isReady) {
  const socket = receiver[kWebSocket]?._socket;

  if (io.reading !== 'direct' || !isPlain(socket)) return;

  const listener = [socket._events.data].flat().find(isListener);

  if (listener !== undefined) {
    readShared(
      socket,
      new SocketReader(listener, receiver, delivery, kWebSocket, isReady)
    );
  }
}

/** Whether a socket is Node's own for TCP or a pipe, and of no subclass. */
function isPlain(socket) {
  return (
    socket instanceof Socket &&
    Object.getPrototypeOf(socket) === Socket.prototype
  );
}

function isListener(listener) {
  if (typeof listener !== 'function') return false;
  if (known.has(listener)) return true;

  const source = Function.prototype.toString.call(listener);

  if (!LISTENER.test(source.replaceAll(/[\s{};]/g, ''))) return false;
  known.add(listener);
  return true;
}

module.exports = readDirectly;
