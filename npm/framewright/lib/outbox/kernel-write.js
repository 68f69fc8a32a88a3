'use strict';

const { Socket } = require('net');

/** Shared with other copies of framewright in the process. */
const kCopyingWrite = Symbol.for('framewright.copying-write.1');

/**
 * Node's own methods on the way from `socket.write()` to the kernel. `null`
 * stands for a method that was wrapped before framewright was loaded.
 */
const NODES_OWN = {
  write: ownMethod('write', 'return _write(this, chunk, encoding, cb)'),
  _write: ownMethod('_write', 'this._writeGeneric(false, data, encoding, cb)'),
  _writev: Socket.prototype._writev,
  _writeGeneric: ownMethod(
    '_writeGeneric',
    'writeGeneric(this, data, encoding, cb)'
  )
};

/** What is known about a handle's `writeBuffer()`. */
const natives = new WeakSet();
let lastNative = null;

/**
 * Whether nobody can have kept a Buffer that was written to a socket and that
 * the kernel took at once: every method on the way is Node's own.
 *
 * @param {Socket} socket The socket
 * @param {Object} prototype The object that its `write()` is inherited from
 * @return {Boolean} Whether the Buffer's bytes may be used again
 */
function isUnheld(socket, prototype) {
  const handle = socket._handle;

  return (
    prototype.write === NODES_OWN.write &&
    writesThrough(socket) &&
    socket._writeGeneric === NODES_OWN._writeGeneric &&
    handle !== null &&
    handle !== undefined &&
    isNative(handle.writeBuffer)
  );
}

/**
 * Whether nobody would see a Buffer that is written to a socket: as above, and
 * nobody is watching.
 *
 * @param {Socket} socket The socket
 * @param {Object} prototype The object that its `write()` is inherited from
 */
function isUnwrapped(socket, prototype) {
  return (
    socket._write === NODES_OWN._write &&
    socket._writev === NODES_OWN._writev &&
    isUnheld(socket, prototype)
  );
}

/** Whether a socket's `_write()` keeps nothing of what it is given. */
function writesThrough(socket) {
  const { _write } = socket;

  return (
    _write !== null &&
    (_write === NODES_OWN._write || _write === socket[kCopyingWrite])
  );
}

/**
 * Declares that a method which replaces a socket's `_write()` copies what it
 * keeps, and calls the replaced one. To be called before the replacement.
 *
 * @param {Socket} socket The socket
 * @param {Function} write The method
 */
function announceCopying(socket, write) {
  if (writesThrough(socket)) socket[kCopyingWrite] = write;
}

/** Whether a method is made in C++, and not a wrapper. */
function isNative(method) {
  if (method === lastNative) return true;
  if (typeof method !== 'function') return false;

  if (!natives.has(method)) {
    const source = Function.prototype.toString.call(method);

    // A bound function has no name here.
    if (!/^function writeBuffer\(\) \{\s*\[native code\]/.test(source)) {
      return false;
    }

    natives.add(method);
  }

  lastNative = method;
  return true;
}

/**
 * Writes bytes to the socket's stream. ws corks the stream for the two parts of
 * a frame. So `'drain'` follows a frame that fills it, even if the kernel took
 * the frame at once. Without the cork it wouldn't.
 *
 * @param {Outbox} outbox The socket's outbox
 * @param {Buffer} bytes The bytes
 * @param {Function} [cb] Called when they are written out
 */
function writeToStream(outbox, bytes, cb) {
  const { socket } = outbox;

  if (!outbox.isFull || bytes.length < outbox.fullLength) {
    socket.write(bytes, cb);
    return;
  }

  outbox.isFull = false;
  socket.cork();
  socket.write(bytes, cb);
  socket.uncork();
}

function ownMethod(name, source) {
  const method = Socket.prototype[name];

  return Function.prototype.toString.call(method).includes(source)
    ? method
    : null;
}

module.exports = { announceCopying, isUnheld, isUnwrapped, writeToStream };
