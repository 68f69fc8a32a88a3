import http from 'node:http';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { end, listen } from './talk.mjs';

const schema = buildSchema(
  'type Query { x: Int } type Subscription { say(text: String!): String! }'
);
const app = express();
const server = http.createServer(app);
const apollo = new ApolloServer({ schema });

schema.getSubscriptionType().getFields().say.subscribe = async function* (
  _,
  { text }
) {
  yield { say: text };
};
await apollo.start();
app.use('/graphql', express.json(), expressMiddleware(apollo));
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
const client = createClient({
  url: `ws://127.0.0.1:${await listen(server)}/graphql`,
  webSocketImpl: WebSocket
});
for await (const { data } of client.iterate({
  query: 'subscription { say(text: "hello") }'
})) {
  end(data.say);
}
