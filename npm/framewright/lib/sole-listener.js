'use strict';

const EventEmitter = require('events');

/** Where an emitter keeps whether it looks after its listeners' promises. */
const kCapture = Object.getOwnPropertySymbols(EventEmitter.prototype).find(
  (symbol) => symbol.description === 'kCapture'
);

/**
 * An emitter's listener, where the `emit()` of `EventEmitter` would do nothing
 * but call that one: it spreads arguments and looks names up, which costs more
 * than most listeners.
 *
 * @param {EventEmitter} emitter The emitter
 * @return {Function} The `'message'` listener; `null` where `emit()` is needed
 */
function soleListener(emitter) {
  if (emitter[kCapture] !== false) return null;

  const listener = emitter._events.message;

  return typeof listener === 'function' ? listener : null;
}

module.exports = soleListener;
