import 'framewright/register';
import Koa from 'koa';
import WebSocket from 'ws';
import { accelerate, status, WebSocketServer, type Status } from 'framewright';
import { createHub, prepare } from 'framewright/broadcast';
import inspect from 'framewright/inspect';
import websockify from 'framewright/koa';

import talk from './talk.cjs';

const app = websockify(new Koa());
const report: Status = status();
const unused: unknown[] = [
  accelerate,
  createHub,
  inspect,
  prepare,
  report.copies[0]?.version,
  WebSocketServer
];

app.ws.use((ctx) => {
  ctx.websocket.on('message', (data) => ctx.websocket.send(`you said ${data}`));
});
if (unused.includes(undefined)) throw new Error('something is missing');
talk(app.listen(0, '127.0.0.1'), WebSocket, status);
