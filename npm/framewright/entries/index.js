'use strict';

const WebSocket = require('ws');

const { accelerate, status } = require('../lib/install/accelerate');

accelerate(WebSocket);

// The very class that ws exports, so that `instanceof` holds across both names;
// what is added doesn't show where ws's own properties are listed.
Object.defineProperties(WebSocket, {
  accelerate: { configurable: true, value: accelerate, writable: true },
  status: { configurable: true, value: status, writable: true }
});

module.exports = WebSocket;
