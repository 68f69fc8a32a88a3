'use strict';

const kCounted = require('../metrics/counting/symbol');
const pongLimit = require('../send/pong-limit');
const messageListener = require('../message-listener');
const { EMIT_MESSAGE, EMIT_PING } = require('./outcomes');

/**
 * Emits what an event of the codec stands for, as ws's Receiver does.
 *
 * @param {Receiver} receiver The receiver
 * @param {WsCopy} copy The copy of ws that it belongs to
 * @param {Number} outcome `EMIT_MESSAGE`, `EMIT_PING` or `EMIT_PONG`
 * @param {(Buffer|ArrayBuffer|Blob|Buffer[])} data The message or payload
 * @param {Boolean} isBinary Whether the message is binary
 */
function emit(receiver, copy, outcome, data, isBinary) {
  if (outcome === EMIT_MESSAGE) deliverMessage(receiver, data, isBinary);
  else if (outcome !== EMIT_PING) receiver.emit('pong', data);
  else if (copy.limitsPongs) receiver.emit('ping', data);
  else pongLimit.emitPing(receiver, copy, data);
}

/**
 * Emits a message, and tells who counts the connection.
 *
 * @param {Receiver} receiver The receiver
 * @param {(Buffer|ArrayBuffer|Blob|Buffer[])} data The message
 * @param {Boolean} isBinary Whether it is binary
 */
function deliverMessage(receiver, data, isBinary) {
  const counted = receiver[kCounted];

  if (counted === undefined) emitMessage(receiver, data, isBinary);
  else counted.deliver(emitMessage, receiver, data, isBinary);
}

/**
 * @param {Receiver} receiver The receiver
 * @param {(Buffer|ArrayBuffer|Blob|Buffer[])} data The message
 * @param {Boolean} isBinary Whether it is binary
 */
function emitMessage(receiver, data, isBinary) {
  const listener = messageListener(receiver);

  if (listener === null) receiver.emit('message', data, isBinary);
  else listener.call(receiver, data, isBinary);
}

module.exports = { deliverMessage, emit, emitMessage };
