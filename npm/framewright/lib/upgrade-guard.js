'use strict';

/**
 * Wraps a `WebSocketServer.prototype.handleUpgrade` that takes the `Upgrade`
 * field for granted. Node stops at 2,000 header fields, or as many as
 * `maxHeadersCount` says, so a client can hide it behind others; ws up to 8.17.0
 * throws then, and the process ends.
 *
 * @param {Function} handleUpgrade The method
 * @return {Function} The wrapped method
 */
function guardUpgrade(handleUpgrade) {
  return function (req, socket, head, cb) {
    // What it isn't `websocket` for, it is refused for.
    if (req.headers.upgrade === undefined) req.headers.upgrade = '';
    handleUpgrade.call(this, req, socket, head, cb);
  };
}

module.exports = guardUpgrade;
