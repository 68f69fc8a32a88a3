'use strict';

// node ws.js <peer> <echo | broadcast> [deflate]

const { loadWs, requireOf, skip } = require('../load-ws');
const { HOST, attend } = require('./companion');

const [peer, work, deflate] = process.argv.slice(2);

// `framewright/broadcast` is Framewright with its own call instead of a loop.
const prepared = peer.endsWith('/broadcast');
const { WebSocketServer } = loadWs(peer);

const server = new WebSocketServer({
  host: HOST,
  port: 0,
  perMessageDeflate: deflate === 'deflate'
});

const handlers = {
  echo: (ws, data, binary) => ws.send(data, { binary }),
  broadcast: prepared ? sendPrepared() : sendToEach
};

function sendToEach(_, data, binary) {
  for (const client of server.clients) client.send(data, { binary });
}

function sendPrepared() {
  try {
    const { broadcast } = requireOf(peer)('framewright/broadcast');
    return (_, data, binary) => broadcast(server.clients, data, { binary });
  } catch (err) {
    return skip(`no broadcast: ${err.message.split('\n')[0]}`);
  }
}

const handle = handlers[work];

server.on('connection', (ws) => {
  ws.on('message', (data, binary) => handle(ws, data, binary));
  // The load generator ends without a closing handshake.
  ws.on('error', () => {});
});
server.on('listening', () => attend(server.address().port));
