import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { createNodeWebSocket } from '@hono/node-ws';
import { Hono } from 'hono';
import { ask, end } from './talk.mjs';

const app = new Hono();
const { injectWebSocket, upgradeWebSocket } = createNodeWebSocket({ app });

app.get(
  '/',
  upgradeWebSocket(() => ({
    onMessage: ({ data }, ws) => ws.send(data)
  }))
);
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
injectWebSocket(server);
if (!server.listening) await once(server, 'listening');
end(await ask(`ws://127.0.0.1:${server.address().port}/`, 'hello'));
