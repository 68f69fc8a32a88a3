// WebSockets on HTTP/2 beside HTTP/1.1, both with TLS: `node bench/production/http2.mjs`
//
// One server echoes on both. 64 connections, 64 streams of one connection, or 64 connections of one stream have 1 or 32
// messages of 64 bytes in flight. Compared is the server's processor time a message; the clients are a process of their
// own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http2 from 'node:http2';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';

import { head, row } from '../harness/report/markdown.mjs';
import { spread } from '../harness/stats.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const CONNECTIONS = 64;
const MESSAGE = frame();
const KINDS = {
  'HTTP/1.1, 64 connections': sockets,
  'HTTP/2, 64 streams of a connection': (port) => streams(port, CONNECTIONS),
  'HTTP/2, 64 connections of a stream': async (port) => {
    const each = Array.from({ length: CONNECTIONS }, () => streams(port, 1));
    return (await Promise.all(each)).flat();
  }
};
const ANSWER_LENGTH = 2 + 64;

if (process.argv[2]) await { server, client }[process.argv[2]]();
else await main();

async function main() {
  const file = fileURLToPath(import.meta.url);
  const child = fork(file, ['server']);
  const [port] = await once(child, 'message');
  const ask = async (what) => {
    child.send(what);
    return (await once(child, 'message'))[0];
  };

  const cells = {};
  for (const inFlight of [1, 32]) {
    const costs = Object.fromEntries(
      Object.keys(KINDS).map((kind) => [kind, []])
    );
    for (let round = 0; round <= ROUNDS; round++) {
      for (const kind of Object.keys(KINDS)) {
        const client = fork(file, ['client', port, inFlight, kind]);
        await once(client, 'message');
        await ask('begin');
        client.send('run');
        const [messages] = await once(client, 'message');
        const micros = await ask('end');
        client.kill();
        await once(client, 'exit');
        if (round > 0) costs[kind].push(micros / messages);
      }
    }
    for (const [kind, all] of Object.entries(costs)) {
      const { max, median, min } = spread(all);
      const range = `${min.toFixed(2)}–${max.toFixed(2)}`;
      (cells[kind] ??= []).push(`${median.toFixed(2)} µs (${range})`);
    }
  }
  console.log(head(['64 bytes echoed, TLS', '1 in flight', '32 in flight']));
  for (const [kind, costs] of Object.entries(cells)) {
    console.log(row([kind, ...costs]));
  }
  child.kill();
}

async function server() {
  const { WebSocketServer } = (await import('framewright')).default;
  const { acceptWebSockets } = await import('framewright/http2');
  const { generate } = await import('selfsigned');
  const { cert, private: key } = await generate([
    { name: 'commonName', value: 'localhost' }
  ]);
  const server = http2.createSecureServer({ allowHTTP1: true, cert, key });
  acceptWebSockets(server);
  const wss = new WebSocketServer({ server });
  wss.on('connection', (ws) => {
    ws.on('message', (data, binary) => ws.send(data, { binary }));
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  let before;
  process.on('message', (what) => {
    if (what === 'begin') before = process.cpuUsage();
    const { system, user } = process.cpuUsage(before);
    process.send(system + user);
  });
}

async function client() {
  const [port, inFlight] = process.argv.slice(3).map(Number);
  const streams = await KINDS[process.argv[5]](port);
  let messages = 0;
  let isOn = false;
  for (const stream of streams) {
    let length = 0;
    stream.on('data', (chunk) => {
      length += chunk.length;
      const count = Math.floor(length / ANSWER_LENGTH);
      length -= count * ANSWER_LENGTH;
      messages += count;
      if (isOn && count > 0) stream.write(messagesOf(count));
    });
  }
  process.send('open');
  await once(process, 'message');
  isOn = true;
  for (const stream of streams) stream.write(messagesOf(inFlight));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  isOn = false;
  process.send(messages);
}

/** Connections, upgraded. */
function sockets(port) {
  return Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = tls.connect({
        port,
        host: '127.0.0.1',
        rejectUnauthorized: false
      });
      socket.write(
        'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n' +
          'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
      );
      await once(socket, 'data');
      return socket;
    })
  );
}

/** Streams of one connection. */
async function streams(port, count) {
  const session = http2.connect(`https://127.0.0.1:${port}`, {
    rejectUnauthorized: false
  });
  await once(session, 'remoteSettings');
  return Promise.all(
    Array.from({ length: count }, async () => {
      const stream = session.request(
        {
          ':method': 'CONNECT',
          ':protocol': 'websocket',
          ':scheme': 'https',
          ':path': '/',
          'sec-websocket-version': '13'
        },
        { endStream: false }
      );
      await once(stream, 'response');
      return stream;
    })
  );
}

/** A masked text message of 64 bytes. */
function frame() {
  const frame = Buffer.alloc(2 + 4 + 64, 'x');
  frame[0] = 0x81;
  frame[1] = 0x80 | 64;
  return frame.fill(0, 2, 6);
}

function messagesOf(count) {
  return Buffer.concat(new Array(count).fill(MESSAGE));
}
