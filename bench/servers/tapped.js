'use strict';

// node tapped.js <peer>: an echo server that the inspector can be opened on.

const { loadWs, skip } = require('../load-ws');
const { HOST, TOKEN, attend } = require('./companion');

const { WebSocketServer } = loadWs(process.argv[2]);

const server = new WebSocketServer({
  host: HOST,
  port: 0,
  perMessageDeflate: false
});

try {
  require('framewright/inspect')(server, { token: TOKEN });
} catch (err) {
  skip(`no inspector: ${err.message.split('\n')[0]}`);
}

server.on('connection', (ws) => {
  ws.on('message', (data, binary) => ws.send(data, { binary }));
  // The load generator ends without a closing handshake.
  ws.on('error', () => {});
});
server.on('listening', () => attend(server.address().port));
