'use strict';

/** After these times, a Redis that hangs counts as gone, in ms. */
const PING_INTERVAL = 10 * 1000;
const SOCKET_TIMEOUT = 30 * 1000;

/**
 * @param {(String|RedisClient)} redis The server's URL, or a client to connect
 *     alike
 * @return {RedisClient} A client of our own that never holds back what can't be
 *     sent now
 */
function clientFor(redis) {
  const options = {
    // By default, what could not be written for 5 s is thrown away. A burst
    // takes that long where the event loop is busy.
    commandOptions: { timeout: undefined },
    // The backlog limits how much the client is given.
    commandsQueueMaxLength: undefined,
    disableOfflineQueue: true,
    pingInterval: PING_INTERVAL,
    // On one connection with other commands, Pub/Sub needs it.
    RESP: 3
  };

  if (typeof redis === 'string') {
    return requireRedis().createClient({
      ...options,
      url: redis,
      socket: { reconnectStrategy: delayOf, socketTimeout: SOCKET_TIMEOUT }
    });
  }

  if (typeof redis?.duplicate !== 'function') {
    throw new TypeError(
      'options.redis must be a URL or a client of the npm package redis'
    );
  }

  return redis.duplicate(options);
}

/**
 * The Redis client's own strategy gives up for good after a socket timeout.
 *
 * @param {Number} retries How often it was tried
 * @return {Number} When to try again, in ms
 */
function delayOf(retries) {
  return Math.min(50 * 2 ** retries, 2000) + Math.random() * 200;
}

function requireRedis() {
  try {
    return require('redis');
  } catch (err) {
    if (err.code !== 'MODULE_NOT_FOUND') throw err;

    throw new Error(
      'A hub on Redis needs the npm package redis, version 6: npm install redis',
      { cause: err }
    );
  }
}

module.exports = clientFor;
