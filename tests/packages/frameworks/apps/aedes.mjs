import http from 'node:http';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { end, listen } from './talk.mjs';

const server = http.createServer();
const broker = await Aedes.createBroker();

new WebSocketServer({ server }).on('connection', (ws, req) => {
  broker.handle(createWebSocketStream(ws), req);
});
const client = mqtt.connect(`ws://127.0.0.1:${await listen(server)}`);
client.on('message', (topic, text) => end(String(text)));
await client.subscribeAsync('chat');
client.publish('chat', 'hello');
