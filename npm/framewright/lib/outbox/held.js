'use strict';

const { nextTick } = require('../builtins');
const { writeToStream } = require('./kernel-write');
const { together } = require('./send-callback');
const { closePieces } = require('./slab');
const { openTick, turn, waitForTurn } = require('./turn');

/**
 * Writes out what was collected before the first frame that is held.
 *
 * @param {Outbox} outbox Whose frames they are
 */
function flushUnheld(outbox) {
  const { heldAt, heldCallbacks, heldCounted, length, sender } = outbox;

  if (heldAt === -1) outbox.flush();
  if (heldAt <= 0) return;
  closePieces(outbox);

  const frames = Buffer.concat(outbox.pieces, length);
  const { counted } = outbox;
  const callbacks = outbox.reset();

  writeToStream(
    outbox,
    frames.subarray(0, heldAt),
    together(callbacks.slice(0, heldCallbacks))
  );
  // Whoever wrapped the socket's `write()` may have sent something meanwhile.
  outbox.flush();

  outbox.length = length - heldAt;
  outbox.heldAt = 0;
  outbox.heldCallbacks = 0;
  outbox.heldCounted = 0;
  outbox.pieces = [frames.subarray(heldAt)];
  outbox.callbacks = callbacks.slice(heldCallbacks);
  outbox.counted = counted - heldCounted;
  sender._bufferedBytes += outbox.counted;
  waitForTurn(outbox);
  if (turn.chunks === 0) openTick();
}

/**
 * The socket is about to be destroyed: what is held doesn't leave any more,
 * like what ws is compressing.
 *
 * @param {Outbox} outbox Whose frames they are
 */
function abandonHeld(outbox) {
  if (outbox.heldAt === -1) return;
  flushUnheld(outbox);
  closePieces(outbox);

  const { sender } = outbox;
  // It stays counted, as with ws.
  const { _bufferedBytes: buffered } = sender;
  const callbacks = outbox.reset();

  sender._bufferedBytes = buffered;

  const err = new Error(
    'The socket was closed while data was being compressed'
  );

  for (const callback of callbacks) {
    nextTick(() => callback.call(err));
  }
}

module.exports = { abandonHeld, flushUnheld };
