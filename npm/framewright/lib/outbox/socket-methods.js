'use strict';

const OnreadWatch = require('../io/onread');
const { abandonHeld, flushUnheld } = require('./held');

/**
 * The inspector, perhaps of another copy of framewright, looks for this symbol.
 */
const kOutbox = Symbol.for('framewright.outbox.1');

/**
 * Puts methods on a socket that has an outbox, so that anything else done to
 * the socket comes after what was sent before.
 *
 * The methods they replace are looked up on the prototype each time, since
 * somebody may wrap them there at any time. A socket's own methods stay in use.
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
  watchHandOver(socket, outbox);
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

/** Reports as written what ws would have written by then. */
const BYTES_WRITTEN = {
  configurable: true,
  get() {
    const outbox = this[kOutbox];

    flushUnheld(outbox);
    return Reflect.get(outbox.prototype, 'bytesWritten', this);
  }
};

/** What was sent leaves before the handle goes to another process. */
function watchHandOver({ _handle: handle }, outbox) {
  const watch = handle && OnreadWatch.of(handle);

  if (watch) watch.before = () => outbox.flush();
}

module.exports = { kOutbox, putMethods, write };
