// A process that ends with messages of this very turn unsent.

import { loadAccelerated } from '../lib/ws-copies.mjs';

const copy = loadAccelerated('8.23');
const how = process.argv[2];
const server = new copy.WebSocketServer({ host: '127.0.0.1', port: 0 });

server.on('listening', () => process.send({ port: server.address().port }));
server.on('connection', (ws) => {
  ws.on('error', () => {});
  ws.on('message', () => {
    for (let i = 0; i < 50; i++) ws.send(`message ${i}`);
    if (how === 'exit') process.exit(0);
    if (how === 'throw') throw new Error('meant');
    ws.close();
    server.close();
    process.disconnect();
  });
});
