'use strict';

/** A request that is answered with an error. */
class Refusal extends Error {
  get name() {
    return 'Refusal';
  }

  /**
   * @param {Number} status The response's status code
   * @param {String} message For people
   * @param {Object} [headers] Header fields for the response
   */
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

module.exports = Refusal;
