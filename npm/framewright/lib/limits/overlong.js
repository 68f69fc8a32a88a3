'use strict';

/** Where a receiver stores the callback for messages that are too long. */
const kOverlong = Symbol('framewright.overlong');

/**
 * Makes a connection skip messages that are too long, and not fail. This needs
 * the codec; ws alone fails.
 *
 * @param {WebSocket} ws The connection, open
 * @param {Number} max The length of the longest message, in bytes, before
 *     inflating and after
 * @param {Function} onOverlong Called after each message that was skipped
 */
function skipOverlong(ws, max, onOverlong) {
  const { _extensions: extensions, _receiver: receiver } = ws;
  const deflate = extensions?.['permessage-deflate'];

  receiver[kOverlong] = () => {
    // It is called between two events of a chunk, which continues even if it
    // throws.
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

/** @return {Boolean} Whether a receiver skips messages that are too long */
function skipsOverlong(receiver) {
  return receiver[kOverlong] !== undefined;
}

module.exports = { kOverlong, skipOverlong, skipsOverlong };
