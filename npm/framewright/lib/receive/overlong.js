'use strict';

/** Where a receiver has what is told of messages that are too long. */
const kOverlong = Symbol('framewright.overlong');

/**
 * Has a connection leave out messages that are too long, in place of failing. It
 * needs the codec; ws by itself fails.
 *
 * @param {WebSocket} ws The connection, open
 * @param {Number} max The length of the longest message, in bytes, before
 *     inflating and after
 * @param {Function} onOverlong Called after each that was left out
 */
function skipOverlong(ws, max, onOverlong) {
  const { _extensions: extensions, _receiver: receiver } = ws;
  const deflate = extensions?.['permessage-deflate'];

  receiver[kOverlong] = () => {
    // It is called between two events of a chunk, which go on whatever it throws.
    try {
      onOverlong();
    } catch (err) {
      process.nextTick(() => {
        throw err;
      });
    }
  };
  receiver._maxPayload = max;
  if (deflate) deflate._maxPayload = max;
}

/** @return {Boolean} Whether a receiver leaves out messages that are too long */
function skipsOverlong(receiver) {
  return receiver[kOverlong] !== undefined;
}

module.exports = { kOverlong, skipOverlong, skipsOverlong };
