// For bundles that hold ws: nothing outside can find it.
import { accelerate, status } from 'framewright';
import Koa from 'koa';
import websockify from 'koa-websocket';
import * as ws from 'ws';

import talk from './talk.cjs';

accelerate(ws);

const app = websockify(new Koa());

app.ws.use((ctx) => {
  ctx.websocket.on('message', (data) => ctx.websocket.send(`you said ${data}`));
});
talk(app.listen(0, '127.0.0.1'), ws.WebSocket, status);
