import { once } from 'node:events';
import express from 'express';
import expressWs from 'express-ws';
import { ask, end } from './talk.mjs';

const { app } = expressWs(express());

app.ws('/', (ws) => ws.on('message', (data) => ws.send(data)));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
end(await ask(`ws://127.0.0.1:${server.address().port}/`, 'hello'));
