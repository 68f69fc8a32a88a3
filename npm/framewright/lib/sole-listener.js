'use strict';

const EventEmitter = require('events');

/** Where an emitter keeps whether it captures its listeners' rejections. */
const kCapture = Object.getOwnPropertySymbols(EventEmitter.prototype).find(
  (symbol) => symbol.description === 'kCapture'
);

/**
 * An emitter's only listener, where `emit()` would do nothing but call it.
 * Calling it directly saves more time than most listeners take.
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
