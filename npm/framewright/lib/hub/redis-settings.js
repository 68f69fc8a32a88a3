'use strict';

/** A Redis that doesn't answer for so long counts as gone, in ms. */
const PING_INTERVAL = 10 * 1000;
const SOCKET_TIMEOUT = 30 * 1000;

/**
 * Asks for strings as bytes. The key is the byte that marks strings in RESP.
 */
const BUFFERS = Object.freeze({ [0x24]: Buffer });

/** For each connection: what can't be sent now isn't queued. */
const CONNECTION = Object.freeze({
  // The backlog limits what the client gets.
  commandsQueueMaxLength: undefined,
  disableOfflineQueue: true,
  pingInterval: PING_INTERVAL
});

/** For the client. */
const CLIENT = Object.freeze({
  // By default, what could not be written for 5 s is thrown away. A burst
  // takes that long where the event loop is busy.
  commandOptions: { timeout: undefined },
  // On one connection with other commands, Pub/Sub needs it.
  RESP: 3
});

/**
 * The Redis client's own strategy gives up for good after a socket timeout.
 *
 * @param {Number} retries How often it was tried
 * @return {Number} When to try again, in ms
 */
function delayOf(retries) {
  return Math.min(50 * 2 ** retries, 2000) + Math.random() * 200;
}

/** Used where the application sets none. */
const SOCKET = Object.freeze({
  reconnectStrategy: delayOf,
  socketTimeout: SOCKET_TIMEOUT
});

module.exports = { BUFFERS, CLIENT, CONNECTION, delayOf, SOCKET };
