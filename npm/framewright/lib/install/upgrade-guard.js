'use strict';

/**
 * Makes a copy of ws refuse a request without an `Upgrade` field. Node stops
 * reading at 2,000 header fields, or at `maxHeadersCount`, so a client can
 * place the field after those. ws up to 8.17.0 assumes that it is there, and
 * throws.
 *
 * @param {Function} WebSocketServer The copy's server class
 */
function guardUpgrade({ prototype }) {
  const { handleUpgrade } = prototype;

  // Newer ws checks that itself, or this copy has its guard already.
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
