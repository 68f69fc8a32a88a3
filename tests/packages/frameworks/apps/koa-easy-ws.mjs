import { once } from 'node:events';
import Koa from 'koa';
import websocket from 'koa-easy-ws';
import { ask, end } from './talk.mjs';

const app = new Koa();

app.use(websocket());
app.use(async (ctx) => {
  const ws = await ctx.ws();
  ws.on('message', (data) => ws.send(`${data}`));
});
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
end(await ask(`ws://127.0.0.1:${server.address().port}/`, 'hello'));
