import websocket from '@fastify/websocket';
import fastify from 'fastify';
import { ask, end } from './talk.mjs';

const app = fastify();

await app.register(websocket);
app.get('/', { websocket: true }, (ws) => {
  ws.on('message', (data) => ws.send(`${data}`));
});
await app.listen({ host: '127.0.0.1', port: 0 });
end(await ask(`ws://127.0.0.1:${app.server.address().port}/`, 'hello'));
