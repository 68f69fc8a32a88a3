'use strict';

const broadcasting = require('../lib/broadcast/broadcast');
const whenDrained = require('../lib/broadcast/drained');
const Prepared = require('../lib/broadcast/prepared');
const { checkNames } = require('../lib/check-options');
const RecordedHub = require('../lib/hub/history/recorded-hub');
const { Hub } = require('../lib/hub/hub');

const { BROADCAST_OPTIONS } = broadcasting;
const PREPARE_OPTIONS = ['binary', 'compress'];
const DRAINED_OPTIONS = ['threshold'];
const HUB_OPTIONS = [
  'compress',
  'history',
  'logger',
  'prefix',
  'redis',
  'slow',
  'threshold'
];

/**
 * Frames a message once, for any number of connections and times.
 *
 * @param {*} data The message
 * @param {Object} [options] See `Prepared`
 * @return {Prepared} What `broadcast()` and `hub.publish()` take for data
 */
function prepare(data, options) {
  if (options !== undefined) checkNames(options, PREPARE_OPTIONS);
  return new Prepared(data, options);
}

/**
 * Sends a message to many connections.
 *
 * @param {Iterable<WebSocket>} clients The connections
 * @param {*} data The message, or what `prepare()` made of it
 * @param {Object} [options] See `lib/broadcast/broadcast.js`
 * @return {Object} How many connections it was sent on
 */
function broadcast(clients, data, options) {
  if (options !== undefined) checkNames(options, BROADCAST_OPTIONS);
  return broadcasting.broadcast(clients, data, options);
}

/**
 * Waits until little of what was sent on a connection is still waiting.
 *
 * @param {WebSocket} ws The connection
 * @param {Object} [options] See `lib/broadcast/drained.js`
 * @return {Promise<void>} Rejected if the connection is closed before that
 */
async function drained(ws, options = {}) {
  checkNames(options, DRAINED_OPTIONS);
  return whenDrained(ws, options);
}

/**
 * @param {Object} [options] See `Hub`
 * @return {Hub} Topics that connections can join
 */
function createHub(options = {}) {
  checkNames(options, HUB_OPTIONS);
  return options.history ? new RecordedHub(options) : new Hub(options);
}

module.exports = { broadcast, createHub, drained, prepare };
