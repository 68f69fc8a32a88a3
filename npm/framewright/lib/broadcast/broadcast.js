'use strict';

const { channel } = require('diagnostics_channel');

const { TRY_AGAIN_LATER } = require('../close-codes');
const Prepared = require('./prepared');

const OPEN = 1;

/** What a connection may have waiting before it counts as slow, in bytes. */
const THRESHOLD = 1024 * 1024;

/** What `broadcast()` and `hub.publish()` take. */
const BROADCAST_OPTIONS = ['binary', 'compress', 'slow', 'threshold'];

const POLICIES = ['skip', 'drop', 'close'];

const slows = channel('framewright:slow');

/**
 * Sends a message to many connections. Those that aren't open are passed over.
 *
 * @param {Iterable<WebSocket>} clients The connections
 * @param {*} data The message, or what `prepare()` made of it
 * @param {Object} [options] Options for `prepare()`, and
 * @param {String} [options.slow] What to do with a connection that has more
 *     than `threshold` waiting: `'skip'` leaves this message out, `'drop'`
 *     terminates the connection, `'close'` closes it with code 1013. By default
 *     no connection counts as slow
 * @param {Number} [options.threshold=1048576] The greatest `bufferedAmount` of
 *     a connection that isn't slow, in bytes
 * @return {{sent: Number, skipped: Number, dropped: Number, closed: Number}}
 *     How many connections it was sent on, and what was done to the slow ones
 * @throws {TypeError} If the data or an option is not what it should be
 */
function broadcast(clients, data, options = {}) {
  const { slow, threshold } = policyOf(options);
  const prepared =
    data instanceof Prepared ? data : new Prepared(data, options);
  const counts = { sent: 0, skipped: 0, dropped: 0, closed: 0 };

  for (const ws of clients) {
    if (ws.readyState !== OPEN) continue;

    if (slow !== undefined && ws.bufferedAmount > threshold) {
      treat(ws, slow, counts);
    } else {
      prepared.send(ws);
      counts.sent++;
    }
  }

  return counts;
}

/** Does to a slow connection what the policy says. */
function treat(ws, slow, counts) {
  if (slows.hasSubscribers) slows.publish({ websocket: ws, action: slow });

  if (slow === 'skip') {
    counts.skipped++;
  } else if (slow === 'drop') {
    ws.terminate();
    counts.dropped++;
  } else {
    ws.close(TRY_AGAIN_LATER, 'Too slow');
    counts.closed++;
  }
}

/**
 * @param {Object} options Options that may have `slow` and `threshold`
 * @return {{slow: String, threshold: Number}} These, checked
 * @throws {TypeError} If they are not what they should be
 */
function policyOf({ slow, threshold }) {
  if (slow !== undefined && !POLICIES.includes(slow)) {
    throw new TypeError("options.slow must be 'skip', 'drop' or 'close'");
  }

  if (threshold === undefined) return { slow, threshold: THRESHOLD };

  if (slow === undefined) {
    throw new TypeError(
      'options.threshold has no meaning without options.slow'
    );
  }

  checkThreshold(threshold);
  return { slow, threshold };
}

/** @throws {TypeError} If it isn't a number of bytes */
function checkThreshold(threshold) {
  if (typeof threshold !== 'number' || !(threshold >= 0)) {
    throw new TypeError('options.threshold must be a number of bytes');
  }
}

module.exports = { BROADCAST_OPTIONS, broadcast, checkThreshold, policyOf };
