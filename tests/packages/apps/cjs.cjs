require('framewright/register');
const Koa = require('koa');
const websockify = require('koa-websocket');
const WebSocket = require('ws');
const { status } = require('framewright');

const talk = require('./talk.cjs');

const app = websockify(new Koa());

app.ws.use((ctx) => {
  ctx.websocket.on('message', (data) => ctx.websocket.send(`you said ${data}`));
});
talk(app.listen(0, '127.0.0.1'), WebSocket, status);
