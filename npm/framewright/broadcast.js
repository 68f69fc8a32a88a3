'use strict';

const { broadcast } = require('./lib/broadcast/broadcast');
const Prepared = require('./lib/broadcast/prepared');

/**
 * Frames a message once, for any number of connections and times.
 *
 * @param {*} data The message
 * @param {Object} [options] See `Prepared`
 * @return {Prepared} What `broadcast()` takes for data
 */
function prepare(data, options) {
  return new Prepared(data, options);
}

module.exports = { broadcast, prepare };
