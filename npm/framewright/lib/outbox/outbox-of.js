'use strict';

const { Socket } = require('net');

const Outbox = require('./outbox');
const { kOutbox, putMethods } = require('./socket-methods');
const { endProcess } = require('./turn');

let isExitWatched = false;

/**
 * @param {Sender} sender A sender
 * @return {(Outbox|null)} Its outbox; `null` where each frame is written as ws
 *     writes it: on sockets that aren't Node's, and where somebody has replaced
 *     `write()`
 */
function outboxOf(sender) {
  const known = sender[kOutbox];

  return known === undefined ? openOutbox(sender) : known;
}

function openOutbox(sender) {
  const { _socket: socket } = sender;
  // Senders that share a socket share its outbox, which keeps their order.
  let outbox = socket[kOutbox];

  if (outbox === undefined) {
    outbox = isNodes(socket) ? new Outbox(sender, socket) : null;
    if (outbox !== null) putMethods(socket, outbox);
  }

  if (!isExitWatched) {
    isExitWatched = true;
    process.on('exit', endProcess);
  }

  sender[kOutbox] = outbox;
  return outbox;
}

function isNodes(socket) {
  return socket instanceof Socket && !Object.hasOwn(socket, 'write');
}

module.exports = { kOutbox, outboxOf };
