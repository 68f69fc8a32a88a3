// framewright/broadcast's types, in CommonJS.
import { broadcast, createHub, drained, prepare } from 'framewright/broadcast';
import ws = require('ws');

const server = new ws.WebSocketServer({ noServer: true });
const hub = createHub({ slow: 'skip', threshold: 65536 });

server.on('connection', (socket) => {
  hub.join(socket, 'news');
  socket.on('message', (data, isBinary) => {
    const { sent, skipped } = broadcast(server.clients, data, {
      binary: isBinary,
      slow: 'drop'
    });
    const text: string = `${sent + skipped}`;
    hub.publish('news', text, { compress: false });
  });
});

const hello = prepare(new Uint16Array(3), { binary: true });
const end = hub.subscribe('news', (data, isBinary) => {
  if (!isBinary) hub.publish('echo', data.toString());
});

async function feed(socket: ws) {
  const { sent, shared } = hub.publish('news', 'x');
  const taken: void = await shared;
  void [sent, taken];
  hello.send(socket, (err) => void err?.message);
  await drained(socket, { threshold: 1024 });
}

// @ts-expect-error It is the hub that makes it.
hub.publish('news', 'x').shared = Promise.resolve();
// @ts-expect-error There is no such policy.
broadcast(server.clients, hello, { slow: 'wait' });
// @ts-expect-error An object isn't a message.
prepare({});
void [end, feed];
