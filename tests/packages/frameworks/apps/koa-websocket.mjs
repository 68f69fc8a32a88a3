import { once } from 'node:events';
import Koa from 'koa';
import websockify from 'koa-websocket';
import { ask, end } from './talk.mjs';

const app = websockify(new Koa());

app.ws.use(({ websocket }) => {
  websocket.on('message', (data) => websocket.send(`${data}`));
});
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
end(await ask(`ws://127.0.0.1:${server.address().port}/`, 'hello'));
