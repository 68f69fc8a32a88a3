'use strict';

const { Socket } = require('net');

/** Shared with other copies of framewright in the process. */
const kCopyingWrite = Symbol.for('framewright.copying-write.1');

/**
 * Node's own methods on the way from `socket.write()` to the kernel. One that
 * somebody had wrapped before framewright was loaded is `null` here.
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

/** A handle's `writeBuffer()`, by what was found out about it. */
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
 * nobody looks on either.
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

/** Whether what a socket's `_write()` is given is not kept by whoever set it. */
function writesThrough(socket) {
  const { _write } = socket;

  return (
    _write !== null &&
    (_write === NODES_OWN._write || _write === socket[kCopyingWrite])
  );
}

/**
 * Says of a method that is put in place of a socket's `_write()` that it copies
 * what it is to keep, and calls the method that was there. To be called before.
 *
 * @param {Socket} socket The socket
 * @param {Function} write The method
 */
function announceCopying(socket, write) {
  if (writesThrough(socket)) socket[kCopyingWrite] = write;
}

/** Whether a method is one of C++'s, and no wrapper of it. */
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
 * Gives the socket's stream bytes. ws corks the stream for the two parts of a
 * frame. So `'drain'` follows a frame that fills it even if the kernel took the
 * frame at once; without the cork it wouldn't.
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
