'use strict';

const { Socket } = require('net');

const backend = require('../backend/backend');
const { io } = require('../io/way');
const { isUnwrapped } = require('./kernel-write');
const { write } = require('./socket-methods');

const { _unrefTimer } = Socket.prototype;

/** Classes of handles, with what is known about each. */
const known = new WeakMap();

/**
 * Sends bytes to the kernel without the socket's stream, where the stream would
 * do the same at once and nobody could tell: on a plain socket of Node's own
 * that waits for nothing. `socket.write()` deals with what the kernel doesn't
 * take, and with failures.
 *
 * @param {Outbox} outbox The socket's outbox, which counts them
 * @param {Buffer} buffer Where they are
 * @param {Number} offset The index of the first
 * @param {Number} length How many
 * @return {Number} How many were sent
 */
function sendToKernel(outbox, buffer, offset, length) {
  const { socket } = outbox;
  const state = socket._writableState;

  if (
    io.writing !== 'direct' ||
    outbox.prototype !== Socket.prototype ||
    socket.write !== write ||
    state.length !== 0 ||
    state.corked !== 0 ||
    outbox.isFull ||
    socket.connecting ||
    !socket.writable ||
    !isUnwrapped(socket, Socket.prototype) ||
    socket._unrefTimer !== _unrefTimer
  ) {
    return 0;
  }

  const { _handle: handle } = socket;

  if (!isKernels(handle)) return 0;

  // Asked each time: while the handle has one, nobody else can have it.
  const { fd } = handle;

  if (!(fd >= 0)) return 0;

  const sent = backend.send(fd, buffer, offset, length);

  if (sent > 0) {
    io.sends++;
    if (outbox.sent === 0) countOn(handle, outbox);
    outbox.sent += sent;
    // As `write()` does.
    socket._unrefTimer();
  }

  return sent;
}

/**
 * Makes a handle count these bytes too: the socket's `bytesWritten` is its own.
 */
function countOn(handle, outbox) {
  Object.defineProperty(handle, 'bytesWritten', {
    configurable: true,
    get() {
      const prototype = Object.getPrototypeOf(this);

      return Reflect.get(prototype, 'bytesWritten', this) + outbox.sent;
    }
  });
}

/**
 * Whether a handle's descriptor takes the same bytes as the handle. For TLS, it
 * is the descriptor of the socket below.
 */
function isKernels({ constructor }) {
  let isKernels = known.get(constructor);

  if (isKernels === undefined) {
    isKernels =
      typeof constructor === 'function' &&
      /^function (TCP|Pipe)\(\) \{\s*\[native code\]/.test(
        Function.prototype.toString.call(constructor)
      );
    known.set(constructor, isKernels);
  }

  return isKernels;
}

module.exports = sendToKernel;
