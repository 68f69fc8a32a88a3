'use strict';

const ClusterClient = require('./cluster-client');
const { CLIENT, CONNECTION, SOCKET } = require('./redis-settings');

/**
 * @param {(String|RedisClient|RedisCluster)} redis The server's URL, or a client
 *     to connect alike
 * @return {(RedisClient|ClusterClient)} A client of our own that doesn't queue
 *     what can't be sent now
 */
function clientFor(redis) {
  if (typeof redis === 'string') {
    return requireRedis().createClient({
      ...CLIENT,
      ...CONNECTION,
      url: redis,
      socket: { ...SOCKET }
    });
  }

  if (typeof redis?.duplicate !== 'function') {
    throw new TypeError(
      'options.redis must be a URL or a client of the npm package redis'
    );
  }

  if (typeof redis.nodeClient === 'function') return clusterFor(redis);
  return redis.duplicate({ ...CLIENT, ...CONNECTION });
}

/** Each of a cluster's nodes is connected as its option `defaults` says. */
function clusterFor(cluster) {
  const defaults = { ...cluster._options?.defaults, ...CONNECTION };

  defaults.socket = { ...SOCKET, ...defaults.socket };
  return new ClusterClient(cluster.duplicate({ ...CLIENT, defaults }));
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
