// A process with an echo server on ws, accelerated.

import { counters, loadAccelerated } from '../lib/ws-copies.mjs';

const copy = loadAccelerated(process.argv[2]);
const uncaught = [];
let received = 0;
let thrown = 0;
const server = new copy.WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: { threshold: 0 }
});

process.on('uncaughtException', (err) => {
  if (err.message === 'meant') thrown++;
  else uncaught.push(err.stack);
});
process.on('disconnect', () => process.exit());
server.on('connection', (ws) => {
  ws.on('error', () => {});
  ws.on('message', (data, isBinary) => {
    ws.send(data, { binary: isBinary });
    // A handler that fails now and then costs nobody a message.
    if (++received % 97 === 0) throw new Error('meant');
  });
});
server.on('listening', () => process.send({ port: server.address().port }));

process.on('message', () => {
  globalThis.gc();
  process.send({
    rss: process.memoryUsage.rss(),
    connections: server.clients.size,
    decoders: counters().decoders,
    frames: counters().frames,
    thrown,
    uncaught
  });
});
