// What the options of permessage-deflate cost and save: `node bench/production/deflate.mjs`
//
// For each, a server of its own echoes JSON of some 680 bytes to 500 connections. Printed are the memory a connection, the bytes
// sent a message and the server's processor time a message, with framewright and with stock ws.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { WebSocket } from 'ws';

import { head, row } from '../harness/report/markdown.mjs';

const SELF = fileURLToPath(import.meta.url);
const CONNECTIONS = 500;
const ROUNDS = 20;

const bits = (n) => ({ serverMaxWindowBits: n, clientMaxWindowBits: n });
const noContextTakeover = (threshold) => ({
  clientNoContextTakeover: true,
  serverNoContextTakeover: true,
  threshold
});
const level = (n) => ({ zlibDeflateOptions: { level: n } });
const OPTIONS = {
  'no compression': false,
  'the defaults: 15 bits, level 6': {},
  '13 bits': bits(13),
  '12 bits': bits(12),
  '10 bits': bits(10),
  '9 bits': bits(9),
  'level 1': level(1),
  'level 3': level(3),
  'level 9': level(9),
  'no context takeover': noContextTakeover(1024),
  'no context takeover, `threshold: 0`': noContextTakeover(0)
};

if (process.argv[2] === 'server') serve();
else await main();

async function main() {
  const columns = ['memory a connection', 'bytes sent', 'time a message'];
  const heads = ['framewright', 'ws'].flatMap((peer) =>
    columns.map((column) => `${peer}: ${column}`)
  );
  console.log(head(['options', ...heads]));
  for (const [name, options] of Object.entries(OPTIONS)) {
    const cells = [];
    for (const backend of ['native', 'off']) {
      const { bytes, memory, time } = await measure(options, backend);
      cells.push(
        `${memory.toFixed(1)} kB`,
        String(Math.round(bytes)),
        `${time.toFixed(0)} µs`
      );
    }
    console.log(row([name, ...cells]));
  }
}

async function measure(options, backend) {
  const child = fork(SELF, ['server', JSON.stringify(options)], {
    env: { ...process.env, FRAMEWRIGHT: backend },
    execArgv: ['--expose-gc', '--max-semi-space-size=2']
  });
  const [{ port }] = await once(child, 'message');
  const clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = new WebSocket(`ws://127.0.0.1:${port}/`);
      await once(client, 'open');
      return client;
    })
  );
  child.send('begin');
  await once(child, 'message');
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, client] of clients.entries()) {
      const answer = once(client, 'message');
      client.send(message(round * CONNECTIONS + i));
      await answer;
    }
  }
  child.send('end');
  const [result] = await once(child, 'message');
  child.kill();
  await once(child, 'exit');
  return result;
}

/** Records as a feed has them: the same names, other values. */
function message(seed) {
  const records = [];
  for (let i = 0; records.length < 10; i++) {
    const x = Math.imul(seed * 31 + i + 1, 2654435761) >>> 0;
    records.push({
      id: x % 100_000,
      symbol: `S${x % 50}`,
      price: (x % 9973) / 100,
      volume: x % 1000,
      side: x & 1 ? 'buy' : 'sell'
    });
  }
  return JSON.stringify(records);
}

async function serve() {
  const { default: framewright } = await import('framewright');
  const wss = new framewright.WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    perMessageDeflate: JSON.parse(process.argv[3])
  });
  const sent = () =>
    [...wss.clients].reduce((sum, ws) => sum + ws._socket.bytesWritten, 0);
  wss.on('connection', (ws) =>
    ws.on('message', (data) => ws.send(data, { binary: false }))
  );
  wss.on('listening', () => process.send({ port: wss.address().port }));
  let before;
  process.on('message', (what) => {
    globalThis.gc();
    const now = {
      rss: process.memoryUsage.rss(),
      bytes: sent(),
      cpu: process.cpuUsage()
    };
    if (what === 'begin') return process.send(((before = now), 'begun'));
    const count = CONNECTIONS * ROUNDS;
    const cpu = process.cpuUsage(before.cpu);
    process.send({
      memory: (now.rss - before.rss) / CONNECTIONS / 1000,
      bytes: (now.bytes - before.bytes) / count,
      time: (cpu.user + cpu.system) / count
    });
  });
}
