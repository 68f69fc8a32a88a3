import http from 'node:http';
import WebSocketJSONStream from '@teamwork/websocket-json-stream';
import ShareDB from 'sharedb';
import { Connection } from 'sharedb/lib/client/index.js';
import { WebSocket, WebSocketServer } from 'ws';
import { end, listen } from './talk.mjs';

const server = http.createServer();
const backend = new ShareDB();

new WebSocketServer({ server }).on('connection', (ws) => {
  backend.listen(new WebSocketJSONStream(ws));
});
const url = `ws://127.0.0.1:${await listen(server)}`;
const doc = () => new Connection(new WebSocket(url)).get('pages', '1');
doc().create({ text: 'hello' }, () => {
  const other = doc();
  other.fetch(() => end(other.data.text));
});
