'use strict';

const pongLimit = require('../send/pong-limit');
const { EMIT_MESSAGE, EMIT_PING } = require('./reception');

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
  if (outcome === EMIT_MESSAGE) receiver.emit('message', data, isBinary);
  else if (outcome !== EMIT_PING) receiver.emit('pong', data);
  else if (copy.limitsPongs) receiver.emit('ping', data);
  else pongLimit.emitPing(receiver, copy, data);
}

module.exports = emit;
