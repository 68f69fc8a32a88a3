// What counting and limits cost in themselves: `node bench/production/counting.mjs`
//
// Connections echo in this process, on sockets that lead nowhere: the shortest of many times is that of the message alone.
// `metrics.mjs` compares whole servers, where anything else that runs on the machine shows.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

import framewright from 'framewright';
import { limits } from 'framewright/limits';
import { metrics } from 'framewright/metrics';

import { head, row } from '../harness/report/markdown.mjs';

const { WebSocketServer } = framewright;

const CONNECTIONS = 64;
const BURST = 32;
const ROUNDS = Number(process.env.ROUNDS ?? 400);
const NAMES = ['framewright:message:in', 'framewright:message:out'];
const STATES = ['off', 'counted', 'published', 'limited'];

const state = process.argv[2];

async function main() {
  const { execFileSync } = await import('node:child_process');
  const least = {};
  for (let i = 0; i < 5; i++) {
    for (const state of STATES) {
      const [, file] = process.argv;
      const times = JSON.parse(execFileSync(process.execPath, [file, state]));
      for (const [name, time] of Object.entries(times)) {
        least[name] ??= {};
        least[name][state] = Math.min(least[name][state] ?? Infinity, time);
      }
    }
  }
  console.log(head(['messages of 64 bytes', ...STATES]));
  for (const [name, times] of Object.entries(least)) {
    const cells = STATES.map((state) =>
      state === 'off'
        ? `${times.off.toFixed(0)} ns`
        : `${(times[state] - times.off).toFixed(0)} ns more`
    );
    console.log(row([name, ...cells]));
  }
}

async function measure(state) {
  const wss = new WebSocketServer({ noServer: true });
  const listener = () => {};
  if (state === 'limited') {
    limits(wss, { messages: { perSecond: 1e9 }, bytes: { perSecond: 1e12 } });
  } else if (state !== 'off') metrics(wss);
  if (state === 'published') {
    for (const name of NAMES) subscribe(name, listener);
  }
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(wss));
  const times = {};
  for (const [name, count] of [
    ['1 a chunk', 1],
    [`${BURST} a chunk`, BURST]
  ]) {
    const chunk = frames(count);
    let least = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      const chunks = sockets.map(() => Buffer.from(chunk));
      const start = process.hrtime.bigint();
      for (let i = 0; i < CONNECTIONS; i++) sockets[i].emit('data', chunks[i]);
      const time = Number(process.hrtime.bigint() - start);
      least = Math.min(least, time / CONNECTIONS / count);
      await null;
    }
    times[name] = least;
  }
  for (const name of NAMES) unsubscribe(name, listener);
  for (const socket of sockets) socket.destroy();
  return times;
}

/** Frames are collected for sockets of net, so it has to be one. */
class Nowhere extends Socket {
  _read() {}

  _write(chunk, encoding, callback) {
    callback();
  }

  _writev(chunks, callback) {
    callback();
  }
}

/** A connection of the server's whose socket leads nowhere. */
function connect(wss) {
  const socket = new Nowhere();
  const req = {
    method: 'GET',
    url: '/',
    socket,
    headers: {
      upgrade: 'websocket',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-version': '13'
    }
  };
  wss.handleUpgrade(req, socket, Buffer.alloc(0), (ws) => {
    ws.on('message', (data, binary) => ws.send(data, { binary }));
  });
  return socket;
}

/** So many masked text messages of 64 bytes. */
function frames(count) {
  const frame = Buffer.alloc(2 + 4 + 64, 'x');
  frame[0] = 0x81;
  frame[1] = 0x80 | 64;
  frame.fill(0, 2, 6);
  return Buffer.concat(new Array(count).fill(frame));
}

if (state) console.log(JSON.stringify(await measure(state)));
else await main();
