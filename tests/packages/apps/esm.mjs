import 'framewright/register';
import Koa from 'koa';
import websockify from 'koa-websocket';
import WebSocket from 'ws';
import { status } from 'framewright';

import talk from './talk.cjs';

const app = websockify(new Koa());

app.ws.use((ctx) => {
  ctx.websocket.on('message', (data) => ctx.websocket.send(`you said ${data}`));
});
talk(app.listen(0, '127.0.0.1'), WebSocket, status);
