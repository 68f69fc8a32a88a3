import { once } from 'node:events';
import { feathers } from '@feathersjs/feathers';
import { koa } from '@feathersjs/koa';
import socketio from '@feathersjs/socketio';
import { io } from 'socket.io-client';
import { end } from './talk.mjs';

const app = koa(feathers());

app.configure(socketio());
app.use('echo', { create: async (data) => data });
const server = await app.listen(0, '127.0.0.1');
if (!server.listening) await once(server, 'listening');
const client = io(`http://127.0.0.1:${server.address().port}`, {
  transports: ['websocket']
});
client.emit('create', 'echo', { text: 'hello' }, (err, { text }) => end(text));
