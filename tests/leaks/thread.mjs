// A thread that opens a connection to itself, and ends, or waits to be ended.

import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';

import { counters, loadAccelerated } from '../lib/ws-copies.mjs';

const copy = loadAccelerated('8.23');
const server = new copy.WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: { threshold: 0 }
});
server.on('connection', (ws) => ws.on('message', (data) => ws.send(data)));
await once(server, 'listening');

const { port } = server.address();
const ws = new copy.WebSocket(`ws://127.0.0.1:${port}`);
await once(ws, 'open');
let answers = 0;
const answered = new Promise((resolve) => {
  ws.on('message', () => {
    if (++answers === 20) resolve();
  });
});
for (let i = 0; i < 20; i++) ws.send(`message ${i}`);
await answered;
parentPort.postMessage(counters().frames);

if (!workerData.lingers) {
  ws.terminate();
  server.close();
  for (const client of server.clients) client.terminate();
}
