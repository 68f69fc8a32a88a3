// What counting costs: `node bench/production/metrics.mjs`
//
// Three servers echo in turn: one without metrics, one with them, one with the channels of messages subscribed to as
// well. Compared is the processor time a message with that of the first in the same round, since others may want the
// cores, too: half of the rounds are within the brackets.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { head, row } from '../harness/report/markdown.mjs';
import { Progress } from '../harness/report/progress.mjs';
import { Companion, SERVER_CORE } from '../harness/spawn.mjs';
import { quartiles, spread } from '../harness/stats.mjs';
import { prepareLoad } from '../parts/lib/load.mjs';

const SELF = fileURLToPath(import.meta.url);
const ROUNDS = Number(process.env.ROUNDS ?? 9);
const STATES = ['off', 'counted', 'published'];
const LOADS = {
  'E1: 64 × 1 × 64 bytes': { connections: 64, 'in-flight': 1 },
  'E2: 256 × 32 × 64 bytes': { connections: 256, 'in-flight': 32 }
};

if (process.argv[2] === 'server') await server();
else await main();

async function main() {
  const { loadgen } = await prepareLoad({ progress: new Progress() });
  const servers = {};
  for (const state of STATES) {
    const args = [SELF, 'server', state];
    servers[state] = new Companion(SERVER_CORE, process.execPath, args);
    servers[state].port = (await servers[state].read()).port;
  }

  console.log(head(['load', ...STATES]));
  for (const [title, load] of Object.entries(LOADS)) {
    const costs = Object.fromEntries(STATES.map((state) => [state, []]));

    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      // Each state comes first, second and third as often.
      for (let i = 0; i < STATES.length; i++) {
        const state = STATES[(i + round) % STATES.length];
        const child = servers[state];
        await child.ask('begin');
        await loadgen.run('echo', child.port, {
          ...load,
          'payload-len': 64,
          'warmup-ms': round === 0 ? 1500 : 100,
          'duration-ms': 800
        });
        const { cost } = await child.ask('cost');
        if (round > 0) costs[state].push(cost);
      }
    }

    const cells = STATES.map((state) => {
      if (state === 'off') return `${spread(costs.off).median.toFixed(3)} µs`;
      const ratios = costs[state].map((cost, i) => cost / costs.off[i]);
      const [half, least, most] = quartiles(ratios).map((it) => it.toFixed(3));
      return `× ${half} (${least}–${most})`;
    });
    console.log(row([title, ...cells]));
  }
  for (const child of Object.values(servers)) await child.end();
}

async function server() {
  const { status, WebSocketServer } = (await import('framewright')).default;
  const { metrics } = await import('framewright/metrics');
  const { subscribe } = await import('node:diagnostics_channel');
  const wss = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const state = process.argv[3];
  const names = ['framewright:message:in', 'framewright:message:out'];

  if (state !== 'off') metrics(wss);
  if (state === 'published') {
    for (const name of names) subscribe(name, () => {});
  }

  let before;
  let cpu;

  wss.on('connection', (ws) => {
    ws.on('message', (data, binary) => ws.send(data, { binary }));
    ws.on('error', () => {});
  });
  wss.on('listening', () =>
    console.log(JSON.stringify({ port: wss.address().port }))
  );

  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line === 'cost') {
      const { system, user } = process.cpuUsage(cpu);
      const messages = status().counters.messages - before;
      console.log(JSON.stringify({ cost: (system + user) / messages }));
      return;
    }
    before = status().counters.messages;
    cpu = process.cpuUsage();
    console.log('{}');
  });
  lines.on('close', () => process.exit(0));
}
