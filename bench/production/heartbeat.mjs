// What a heartbeat costs: `node bench/production/heartbeat.mjs`
//
// 100,000 connections don't fit on most machines, so fewer ones get an interval that is shorter by as much: the server
// looks at and pings as many a second. Each figure is the server process's processor time, taken in turn with the
// heartbeat and without.
//
//   talk     each connection has said something whenever it is looked at: nobody is pinged
//   idle     no connection ever says a thing: each is pinged once an interval, and answers
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { head, row } from '../harness/report/markdown.mjs';
import { spread } from '../harness/stats.mjs';

const OF = 100_000;
const INTERVAL = 30_000;
const interval = (INTERVAL * (process.env.CONNECTIONS ?? 8000)) / OF;
const COUNT = Number(process.env.CONNECTIONS ?? 8000);
const SECONDS = Number(process.env.SECONDS ?? 6);
const ROUNDS = Number(process.env.ROUNDS ?? 3);

const KINDS = {
  idle: 'say nothing, and are pinged',
  talk: 'say something in good time'
};

const roles = { server, clients };

if (process.argv[2]) await roles[process.argv[2]]();
else await main();

async function main() {
  const file = fileURLToPath(import.meta.url);
  const child = fork(file, ['server'], { env: { ...process.env } });
  const [port] = await once(child, 'message');
  const peers = fork(file, ['clients', port]);
  await once(peers, 'message');

  const ask = async (command) => {
    child.send(command);
    return (await once(child, 'message'))[0];
  };

  const rows = [];
  for (const kind of ['idle', 'talk']) {
    peers.send({ talk: kind === 'talk' });
    const shares = [];
    const micros = [];
    for (let round = 0; round < ROUNDS; round++) {
      const without = await ask({ beats: false });
      const beating = await ask({ beats: true });
      const share = beating.share - without.share;
      shares.push(share);
      micros.push((share * 1e6) / beating.pings);
      console.log(
        `${kind} ${round + 1}: ${percent(beating.share)} of a core, without ` +
          `${percent(without.share)}; ${beating.pings} pings a second`
      );
    }
    const time = kind === 'idle' ? range(micros, (it) => it.toFixed(1)) : '';
    rows.push(row([KINDS[kind], range(shares, percent), time]));
  }
  const what = `${OF.toLocaleString('en')} connections at ${INTERVAL / 1000} s`;
  console.log(head([what, 'share of a core', 'µs a ping and its pong']));
  for (const line of rows) console.log(line);
  child.kill();
  peers.kill();
}

async function server() {
  const { WebSocketServer } = (await import('framewright')).default;
  const { heartbeat } = await import('framewright/heartbeat');
  const wss = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    backlog: 4096
  });
  await once(wss, 'listening');
  process.send(wss.address().port);

  process.on('message', async ({ beats }) => {
    let beat;

    if (beats) beat = heartbeat(wss, { interval, timeout: interval / 3 });
    await new Promise((resolve) => setTimeout(resolve, 2 * interval));
    const before = beat?.counts.pings ?? 0;
    const cpu = process.cpuUsage();
    const start = process.hrtime.bigint();
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
    const { system, user } = process.cpuUsage(cpu);
    const micros = Number(process.hrtime.bigint() - start) / 1000;
    const pings = (beat?.counts.pings ?? 0) - before;
    if (beat?.counts.dead > 0) throw new Error('somebody died');
    beat?.close();
    process.send({
      share: (system + user) / micros,
      pings: Math.round((pings * 1e6) / micros)
    });
  });
}

async function clients() {
  const { WebSocket } = await import('ws');
  const all = [];
  for (let i = 0; i < COUNT; i += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, COUNT - i) }, () => {
        const client = new WebSocket(`ws://127.0.0.1:${process.argv[3]}`);
        all.push(client);
        return once(client, 'open');
      })
    );
  }
  process.send('open');

  // Each says something often enough to be seen alive in every round, in a tick
  // of its own.
  let sent = 0;
  let start;
  process.on('message', ({ talk }) => {
    if (!talk) return;
    start = performance.now();
    setInterval(() => {
      const due = ((performance.now() - start) / (interval * 0.4)) * COUNT;
      for (; sent < due; sent++) all[sent % COUNT].send('still here');
    }, 10);
  });
}

/** The middle of some figures, and the least and the greatest. */
function range(figures, text) {
  const { max, median, min } = spread(figures);
  return `${text(median)} (${text(min)}–${text(max)})`;
}

function percent(share) {
  return `${(share * 100).toFixed(2)} %`;
}
