import http from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { end, listen } from './talk.mjs';

const server = http.createServer();

new Server(server).on('connection', (socket) => {
  socket.on('say', (text, answer) => answer(text));
});
const client = io(`http://127.0.0.1:${await listen(server)}`, {
  transports: ['websocket']
});
end(await client.emitWithAck('say', 'hello'));
