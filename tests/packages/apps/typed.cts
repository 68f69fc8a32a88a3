import 'framewright/register';
import Koa = require('koa');
import WebSocket = require('ws');
import framewright = require('framewright');
import broadcast = require('framewright/broadcast');
import inspect = require('framewright/inspect');
import websockify = require('framewright/koa');

import talk = require('./talk.cjs');

const app = websockify(new Koa());
const report: framewright.Status = framewright.status();
const unused: unknown[] = [
  broadcast.createHub,
  framewright.accelerate,
  inspect,
  report.copies[0]?.version
];

app.ws.use((ctx) => {
  ctx.websocket.on('message', (data) => ctx.websocket.send(`you said ${data}`));
});
if (unused.includes(undefined)) throw new Error('something is missing');
talk(app.listen(0, '127.0.0.1'), WebSocket, framewright.status);
