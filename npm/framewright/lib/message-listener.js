'use strict';

const EventEmitter = require('events');

const soleListener = require('./sole-listener');

const { emit } = EventEmitter.prototype;

/**
 * @param {EventEmitter} emitter An emitter
 * @return {Function} Its `'message'` listener, see `soleListener()`; `null`
 *     where `emit()` is needed, also because somebody has replaced that
 */
function messageListener(emitter) {
  return emitter.emit === emit ? soleListener(emitter) : null;
}

module.exports = messageListener;
