'use strict';

const OnreadWatch = require('../io/onread');
const { abandonHeld, flushUnheld } = require('./held');

/** The inspector looks for it, which may come from another copy of framewright. */
const kOutbox = Symbol.for('framewright.outbox.1');

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

/** Who asks how much was written gets what ws would have written by then. */
const BYTES_WRITTEN = {
  configurable: true,
  get() {
    const outbox = this[kOutbox];

    flushUnheld(outbox);

    const written = Reflect.get(outbox.prototype, 'bytesWritten', this);

    // A socket that has not been connected has no number.
    return outbox.sent === 0 ? written : written + outbox.sent;
  }
};

/** What was sent leaves before the handle goes to another process. */
function watchHandOver({ _handle: handle }, outbox) {
  const watch = handle && OnreadWatch.of(handle);

  if (watch) watch.before = () => outbox.flush();
}

module.exports = { kOutbox, putMethods, write };
