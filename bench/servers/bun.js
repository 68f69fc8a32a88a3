'use strict';

// bun bun.js <echo | broadcast>

/* global Bun */

const { HOST, attend } = require('./companion');

const [work] = process.argv.slice(2);

const server = Bun.serve({
  hostname: HOST,
  port: 0,
  fetch: (request, server) =>
    server.upgrade(request) ? undefined : new Response(null, { status: 400 }),
  websocket: {
    idleTimeout: 0,
    open: (ws) => ws.subscribe('all'),
    message: (ws, data) => {
      if (work === 'echo') ws.send(data);
      else server.publish('all', data);
    }
  }
});

attend(server.port);
