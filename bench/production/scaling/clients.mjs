// Clients of scaling.mjs, in a process of their own: `node clients.mjs <plain|history> <ports> <count>`. They are bare
// sockets that count messages. They tell the parent when they have connected, and when they have what it said to expect.

import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const [kind, ports] = process.argv.slice(2);
const targets = ports.split(',').map(Number);
const total = Number(process.argv[4]);

let sockets = [];
let expected = Infinity;
let got = 0;
let onDone = () => {};
let last = '';
let isCut = false;

const connect = (i) =>
  new Promise((resolve, reject) => {
    const socket = net.connect(targets[i % targets.length], '127.0.0.1');
    let head = '';
    socket.on('connect', () => {
      socket.write(
        `GET /?after=${last} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n` +
          'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
      );
    });
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      if (head !== null) {
        head += chunk.latin1Slice();
        const end = head.indexOf('\r\n\r\n');
        if (end === -1) return;
        const rest = chunk.subarray(chunk.length - (head.length - end - 4));
        head = null;
        resolve(socket);
        if (rest.length > 0) take(rest);
      } else take(chunk);
    });
  });

const take = (chunk) => {
  // All frames are equally long, unless an id grew by a digit.
  if (kind === 'history' && !isCut && chunk.length > 40) {
    const text = chunk.latin1Slice(Math.max(0, chunk.length - 250));
    last = /.*(\d{13}-\d+)\n/s.exec(text)?.[1] ?? last;
  }
  got += count(chunk);
  if (got >= expected) {
    expected = Infinity;
    onDone();
  }
};

/** Finds messages by their payload: one of its bytes is in no header. */
const count = (chunk) => {
  let messages = 0;
  for (let at = chunk.indexOf(0x81); at !== -1;) {
    messages++;
    at = chunk.indexOf(0x81, at + 100);
  }
  return messages;
};

const openAll = async () => {
  for (let i = 0; i < total; i += 50) {
    sockets.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(50, total - i) }, (_, j) =>
          connect(i + j)
        )
      ))
    );
  }
};

await openAll();
process.send('open');
process.on('message', async ({ back, cut, expect }) => {
  if (expect) {
    got = 0;
    expected = expect * total;
    onDone = () => process.send('done');
  } else if (cut) {
    isCut = true;
    for (const socket of sockets) socket.destroy();
    sockets = [];
    await delay(500);
    process.send('cut');
  } else {
    got = 0;
    expected = back * total;
    onDone = () => process.send('back');
    await openAll();
  }
});
