'use strict';

const Metrics = require('../lib/metrics/metrics');
const opentelemetry = require('../lib/metrics/opentelemetry');
const prometheus = require('../lib/metrics/prometheus');

/**
 * Counts what happens on connections.
 *
 * @param {(Object|Object[])} target A `WebSocketServer`, a `WebSocket`, a Koa app
 *     that has `app.ws`, or that `app.ws`, or several of them
 * @param {Object} [options] See `Metrics`
 * @return {Metrics} What counts, until it is closed
 */
function metrics(target, options) {
  return new Metrics(target, options);
}

module.exports = { metrics, opentelemetry, prometheus };
