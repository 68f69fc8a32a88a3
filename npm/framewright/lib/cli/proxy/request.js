'use strict';

const HOST = /^(host:[ \t]*)[^\r\n]*/im;
const WEBSOCKET = /\bwebsocket\b/i;

/** An HTTP request of which the head has been read. */
class Request {
  /** Whether it has a response other than a provisional one. */
  isAnswered = false;

  /**
   * @param {Buffer} head The head
   * @param {Object} message What the parser says about it
   * @param {String} [host] What to write into `Host`
   */
  constructor(head, { headers, method }, host) {
    const upgrade = headers.upgrade ?? '';

    /** Whether another protocol than HTTP may follow. */
    this.canSwitch = upgrade !== '';
    this.head = host === undefined ? head : withHost(head, host);
    this.isWebSocket = WEBSOCKET.test(upgrade);
    this.method = method;
  }
}

/** The parser has made sure that there is one at most, on one line. */
function withHost(head, host) {
  const text = head
    .toString('latin1')
    .replace(HOST, (field, name) => name + host);

  return Buffer.from(text, 'latin1');
}

module.exports = Request;
