'use strict';

const Limits = require('../lib/limits/limits');

/**
 * Limits connections, in all and per address, and what each may send.
 *
 * @param {Object} target A `WebSocketServer`, a `WebSocket`, a Koa app that has
 *     `app.ws`, or that `app.ws`
 * @param {Object} options See `settingsOf()` in lib/limits/settings.js
 * @return {Limits} What counts them, until it is closed
 */
function limits(target, options) {
  return new Limits(target, options);
}

module.exports = { limits };
