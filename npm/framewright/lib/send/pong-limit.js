'use strict';

/** ws's default since 8.23.0, which has `maxPendingAutoPongs`. */
const MAX_PENDING_PONGS = 60;
const OPEN = 1;

const kPendingPongs = Symbol('framewright.pendingPongs');

/** The sender whose peer's ping is being emitted. */
let answering;

/**
 * Emits a ping on a copy of ws that answers pings without limit, and terminates
 * the connection if its peer pings but doesn't read the pongs.
 *
 * @param {Receiver} receiver The receiver
 * @param {WsCopy} copy The copy of ws that it belongs to
 * @param {Buffer} data The ping's payload
 */
function emitPing(receiver, copy, data) {
  const websocket = receiver[copy.kWebSocket];
  const outer = answering;

  answering = websocket && websocket._sender;

  if (
    answering &&
    answering[kPendingPongs] >= MAX_PENDING_PONGS &&
    websocket.readyState === OPEN
  ) {
    websocket.terminate();
  }

  try {
    receiver.emit('ping', data);
  } finally {
    answering = outer;
  }
}

/**
 * Wraps a `Sender.prototype.pong` so that it counts the automatic pongs that
 * aren't written out yet.
 *
 * @param {Function} pong The method
 * @return {Function} The wrapped method
 */
function countPongs(pong) {
  return function (data, mask, cb) {
    if (answering !== this) {
      pong.call(this, data, mask, cb);
      return;
    }

    this[kPendingPongs] = (this[kPendingPongs] || 0) + 1;
    pong.call(this, data, mask, (err) => {
      this[kPendingPongs]--;
      if (typeof cb === 'function') cb(err);
    });
  };
}

module.exports = { countPongs, emitPing };
