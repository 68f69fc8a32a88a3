'use strict';

const Connection = require('../../tap/connection');

/** A WebSocket connection through the proxy, which sees it from its start. */
class Followed extends Connection {
  hasHistory = false;

  chunk(isOut, bytes) {
    this.hasHistory = true;
    super.chunk(isOut, bytes);
  }
}

module.exports = Followed;
