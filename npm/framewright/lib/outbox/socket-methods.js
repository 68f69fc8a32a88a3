'use strict';

const { abandonHeld, flushUnheld } = require('./held');

const kOutbox = Symbol('framewright.outbox');

/** On a handle, the socket that it is the handle of. */
const kSocket = Symbol('framewright.socket');

/**
 * Puts methods on a socket that has an outbox, so that whatever else is done to
 * the socket comes after what was sent before.
 *
 * What they stand for is looked up on the prototype each time, since somebody may
 * wrap it there at any time. Methods that the socket has of its own stay in use.
 *
 * @param {Socket} socket The socket
 * @param {Outbox} outbox Its outbox
 */
function putMethods(socket, outbox) {
  outbox.ownDestroy = ownOf(socket, 'destroy');
  outbox.ownEnd = ownOf(socket, 'end');
  socket[kOutbox] = outbox;
  socket.destroy = destroy;
  socket.end = end;
  socket.write = write;
  Object.defineProperty(socket, 'bytesWritten', BYTES_WRITTEN);
  watchHandOver(socket);
}

function ownOf(socket, name) {
  return Object.hasOwn(socket, name) ? socket[name] : null;
}

function destroy(...args) {
  const outbox = this[kOutbox];

  abandonHeld(outbox);
  outbox.flush();
  return (outbox.ownDestroy ?? outbox.prototype.destroy).apply(this, args);
}

function end(...args) {
  const outbox = this[kOutbox];

  outbox.flush();
  return (outbox.ownEnd ?? outbox.prototype.end).apply(this, args);
}

function write(chunk, encoding, cb) {
  const outbox = this[kOutbox];

  outbox.flush();
  return outbox.prototype.write.call(this, chunk, encoding, cb);
}

/** Who asks how much was written gets what ws would have written by then. */
const BYTES_WRITTEN = {
  configurable: true,
  get() {
    const outbox = this[kOutbox];

    flushUnheld(outbox);
    return Reflect.get(outbox.prototype, 'bytesWritten', this);
  }
};

/**
 * Node hands a socket's handle to another process without any call to the socket
 * before, but sets the handle's `onread` first.
 */
function watchHandOver(socket) {
  const handle = socket._handle;

  if (!handle || !('onread' in handle)) return;

  handle[kSocket] = socket;
  Object.defineProperty(handle, 'onread', ONREAD);
}

const ONREAD = {
  configurable: true,
  get() {
    return asNodes(this, () => this.onread);
  },
  set(onread) {
    this[kSocket][kOutbox].flush();
    asNodes(this, () => {
      this.onread = onread;
    });
  }
};

/** Does something with a handle's `onread` as C++ made it. */
function asNodes(handle, fn) {
  delete handle.onread;

  try {
    return fn();
  } finally {
    Object.defineProperty(handle, 'onread', ONREAD);
  }
}

module.exports = { kOutbox, putMethods, write };
