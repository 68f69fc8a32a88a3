import http from 'node:http';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { end, listen } from './talk.mjs';

const server = http.createServer();
const t = initTRPC.create();
const router = t.router({
  say: t.procedure.input((text) => String(text)).query(({ input }) => input)
});

applyWSSHandler({ wss: new WebSocketServer({ server }), router });
const client = createWSClient({
  url: `ws://127.0.0.1:${await listen(server)}`,
  WebSocket
});
end(await createTRPCClient({ links: [wsLink({ client })] }).say.query('hello'));
