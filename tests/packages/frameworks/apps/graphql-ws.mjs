import http from 'node:http';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { buildSchema } from 'graphql';
import { WebSocket, WebSocketServer } from 'ws';
import { end, listen } from './talk.mjs';

const server = http.createServer();

useServer(
  {
    schema: buildSchema('type Query { say(text: String!): String! }'),
    roots: { query: { say: ({ text }) => text } }
  },
  new WebSocketServer({ server })
);
const client = createClient({
  url: `ws://127.0.0.1:${await listen(server)}`,
  webSocketImpl: WebSocket
});
for await (const { data } of client.iterate({
  query: '{ say(text: "hello") }'
})) {
  end(data.say);
}
