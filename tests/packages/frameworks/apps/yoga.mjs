import http from 'node:http';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga } from 'graphql-yoga';
import { WebSocket, WebSocketServer } from 'ws';
import { end, listen } from './talk.mjs';

const schema = createSchema({
  typeDefs: 'type Query { say(text: String!): String! }',
  resolvers: { Query: { say: (_, { text }) => text } }
});
const yoga = createYoga({ schema, logging: false });
const server = http.createServer(yoga);
const wss = new WebSocketServer({ server, path: yoga.graphqlEndpoint });

useServer({ schema }, wss);
const client = createClient({
  url: `ws://127.0.0.1:${await listen(server)}/graphql`,
  webSocketImpl: WebSocket
});
for await (const { data } of client.iterate({
  query: '{ say(text: "hello") }'
})) {
  end(data.say);
}
