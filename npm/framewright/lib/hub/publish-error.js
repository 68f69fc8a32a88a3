'use strict';

const { LENGTH_LIMIT } = require('./backlog');

/** Why a message wasn't shared with other processes, by code. */
const MESSAGES = {
  ERR_HUB_CLOSED: () =>
    'The hub is closed: the message may not have reached other processes',
  ERR_MESSAGE_TOO_LONG: () =>
    `A message of more than ${LENGTH_LIMIT} bytes is not passed to Redis: it ` +
    'reached only this process',
  ERR_REDIS_AWAY: (reason) =>
    `Redis is not there (${reason}): the message reached only this process`,
  ERR_REDIS_BACKLOG: () =>
    'Too much is waiting for Redis: the message reached only this process. ' +
    'Wait for `shared` of earlier messages before you publish more',
  ERR_REDIS_LOST: (reason) =>
    `Redis is gone (${reason}): the message may not have reached other processes`,
  ERR_REDIS_REFUSED: (reason) =>
    `Redis has not taken the message (${reason}): it reached only this process`
};

/**
 * @param {String} code One of the codes above
 * @param {Error} [cause] What went wrong in the Redis client
 * @return {Error} The publisher's error
 */
function publishError(code, cause) {
  const message = MESSAGES[code](cause && reasonOf(cause));
  const err = cause ? new Error(message, { cause }) : new Error(message);

  err.code = code;
  return err;
}

/**
 * @param {Error} err An error of the Redis client
 * @return {String} Its message; an error without one may hold several errors,
 *     or an address
 */
function reasonOf(err) {
  return (
    err.message ||
    err.errors?.[0]?.message ||
    err.code ||
    err.constructor?.name ||
    String(err)
  );
}

module.exports = { publishError, reasonOf };
