'use strict';

/**
 * What messages that go to many connections were compressed to: by the message,
 * then by what was agreed on with the connection. Where no message refers to
 * another (RFC 7692, section 7.1.1), equal agreements make equal bytes.
 */
const shared = new WeakMap();

class Variants {
  constructor() {
    this.payloads = new Map();
    this.pending = new Map();
  }

  /**
   * @param {String} agreement What was agreed on
   * @return {(Buffer|null)} A frame's payload, if there is one already
   */
  get(agreement) {
    return this.payloads.get(agreement) ?? null;
  }

  /**
   * @param {String} agreement What was agreed on
   * @param {Buffer} payload A frame's payload, never to be written to again
   */
  set(agreement, payload) {
    this.payloads.set(agreement, payload);
  }

  /**
   * @param {String} agreement What was agreed on
   * @param {Function} compress Compresses the message, and returns a promise of
   *     the payload or an error
   * @return {Promise<(Buffer|Error)>} What `compress` gave to the first caller
   */
  later(agreement, compress) {
    let result = this.payloads.get(agreement) ?? this.pending.get(agreement);

    if (result === undefined) {
      result = this.compress(agreement, compress);
      this.pending.set(agreement, result);
    }

    return result;
  }

  /** @private */
  async compress(agreement, compress) {
    try {
      const result = await compress();

      if (!(result instanceof Error)) this.set(agreement, result);
      return result;
    } finally {
      this.pending.delete(agreement);
    }
  }
}

/**
 * Has a message compressed once for all connections that agreed on the same.
 *
 * @param {Buffer} message The message, never to be written to again
 */
function share(message) {
  shared.set(message, new Variants());
}

/**
 * @param {(Buffer|String)} message A message
 * @return {(Variants|undefined)} What it was compressed to, if it is shared
 */
function variantsOf(message) {
  return shared.get(message);
}

module.exports = { share, variantsOf };
