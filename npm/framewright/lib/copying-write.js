'use strict';

const { Socket } = require('net');

const kCopyingWrite = Symbol('framewright.copying-write');

const { _write: SOCKET_WRITE } = Socket.prototype;

/**
 * Whether what a socket's `_write()` is given goes to the kernel, and nobody
 * keeps it on the way.
 *
 * @param {Socket} socket The socket
 * @return {Boolean} Whether it does
 */
function writesThrough(socket) {
  const { _write } = socket;

  return _write === SOCKET_WRITE || _write === socket[kCopyingWrite];
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

module.exports = { announceCopying, writesThrough };
