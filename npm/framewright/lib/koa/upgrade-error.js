'use strict';

/**
 * A WebSocket handshake that failed through the client's fault. Koa makes an
 * HTTP response from its properties.
 */
class UpgradeError extends Error {
  /**
   * @param {Number} status The HTTP status
   * @param {String} message The body of the response
   * @param {Object} [headers] Further header fields
   */
  constructor(status, message, headers = {}) {
    super(message);
    this.status = this.statusCode = status;
    this.expose = true;
    this.headers = headers;
  }

  get name() {
    return 'UpgradeError';
  }
}

module.exports = UpgradeError;
