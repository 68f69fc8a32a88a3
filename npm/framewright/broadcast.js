'use strict';

const { broadcast } = require('./lib/broadcast/broadcast');
const drained = require('./lib/broadcast/drained');
const Hub = require('./lib/broadcast/hub');
const Prepared = require('./lib/broadcast/prepared');

/**
 * Frames a message once, for any number of connections and times.
 *
 * @param {*} data The message
 * @param {Object} [options] See `Prepared`
 * @return {Prepared} What `broadcast()` and `hub.publish()` take for data
 */
function prepare(data, options) {
  return new Prepared(data, options);
}

/**
 * @param {Object} [options] See `Hub`
 * @return {Hub} Topics that connections can join
 */
function createHub(options) {
  return new Hub(options);
}

module.exports = { broadcast, createHub, drained, prepare };
