'use strict';

const Heartbeat = require('../lib/heartbeat/heartbeat');

/**
 * Pings connections that are silent, and terminates those that don't answer.
 *
 * @param {Object} target A `WebSocketServer`, a `WebSocket`, a Koa app that has
 *     `app.ws`, or that `app.ws`
 * @param {Object} [options] See `Heartbeat`
 * @return {Heartbeat} What looks after the connections, until it is closed
 */
function heartbeat(target, options) {
  return new Heartbeat(target, options);
}

module.exports = { heartbeat };
