'use strict';

/**
 * Makes a copy of ws refuse a request that lacks the `Upgrade` field. Node stops
 * at 2,000 header fields, or as many as `maxHeadersCount` says, so a client can
 * hide it among others; ws up to 8.17.0 takes it for granted, and throws.
 *
 * @param {Function} WebSocketServer The copy's server class
 */
function guardUpgrade({ prototype }) {
  const { handleUpgrade } = prototype;

  // ws checks that itself by now, or it was done here before.
  if (handleUpgrade.toString().includes('upgrade === undefined')) return;

  Object.defineProperty(prototype, 'handleUpgrade', {
    configurable: true,
    enumerable: false,
    value(req, socket, head, cb) {
      // An empty value makes ws reject the request as usual.
      if (req.headers.upgrade === undefined) req.headers.upgrade = '';
      handleUpgrade.call(this, req, socket, head, cb);
    },
    writable: true
  });
}

module.exports = guardUpgrade;
