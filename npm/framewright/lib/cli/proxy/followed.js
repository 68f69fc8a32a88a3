'use strict';

const Connection = require('../../tap/connection');

/** A WebSocket connection that the proxy sees from its start. */
class Followed extends Connection {
  hasHistory = false;

  chunk(isOut, bytes) {
    this.hasHistory = true;
    super.chunk(isOut, bytes);
  }
}

module.exports = Followed;
