import http from 'node:http';
import { WebSocketServer } from 'ws';
import { ask, end, listen } from './talk.mjs';

const server = http.createServer();
const wss = new WebSocketServer({ server });

wss.on('connection', (ws) => ws.on('message', (data) => ws.send(`${data}`)));
end(await ask(`ws://127.0.0.1:${await listen(server)}/`, 'hello'));
