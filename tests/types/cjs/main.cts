// What a CommonJS user's types look like.
import WebSocket = require('framewright');
import ws = require('ws');

const server: WebSocket.WebSocketServer = new WebSocket.WebSocketServer({
  port: 0
});

server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    socket.send(data, { binary: isBinary });
  });
});

const backend: 'native' | 'wasm' | 'stock' = WebSocket.status().backend;
const frames: number = WebSocket.status().counters.frames;
const same: typeof ws = WebSocket.accelerate(ws);
const receiver = new WebSocket.Receiver({ isServer: true, maxPayload: 1024 });
const client: WebSocket = new WebSocket('ws://127.0.0.1');

receiver.write(Buffer.alloc(0));
client.terminate();
void [backend, frames, same];

// All that ws's own types name.
const wss: WebSocket.Server = server;
const options: WebSocket.ServerOptions & WebSocket.PerMessageDeflateOptions =
  {};
const data: WebSocket.Data | WebSocket.RawData = 'text';

client.onmessage = (event: WebSocket.MessageEvent) => event.data;
client.onclose = (event: WebSocket.CloseEvent) => event.code;
client.onerror = (event: WebSocket.ErrorEvent) => event.message;
void [wss, options, data, WebSocket.subprotocol.parse('chat')];
