import { Server } from '../harness/server.mjs';
import { spread } from '../harness/stats.mjs';
import { prepareLoad, timeEach, window } from './lib/load.mjs';

const MESSAGES = { 'payload-len': 1024, kind: 'json' };
const TAKEOVER = { ...MESSAGES, deflate: 'takeover' };
const NO_TAKEOVER = { ...MESSAGES, deflate: 'no-takeover' };

const MIB = 1024 * 1024;
const CLIENTS = 500;
const HELD = 1000;
const ECHOES = 20;
const CHURNING = 32;

/** How often the memory is looked at while connections come and go. */
const LOOKS = 60;

/** The load, as a share of stock ws's highest rate. */
const SHARE = 0.5;

const figure = (code, title, unit, target) => ({
  code,
  title,
  unit,
  better: unit === 'msg/s' ? 'more' : 'less',
  target
});

const CELLS = [
  {
    title: '1 connection × 1 in flight × 1 KiB JSON, context takeover',
    measure: measureEcho,
    load: { connections: 1 },
    figures: [
      figure('D1', '1 connection: messages a second', 'msg/s', { toBase: 6 }),
      figure('D1b', '1 connection: processor time a message', 'ns', {
        toBase: 8
      })
    ]
  },
  {
    title: '100 connections × 1 in flight × 1 KiB JSON, context takeover',
    measure: measureEchoAndLatency,
    load: { connections: 100 },
    figures: [
      figure('D2', '100 connections: messages a second', 'msg/s', {
        toBase: 2.5
      }),
      figure('D2b', '100 connections: processor time a message', 'ns', {
        toBase: 6
      }),
      figure(
        'D2c',
        '100 connections: 99 % of answers within, at half of what stock ws can do',
        'ns',
        { toBase: 3 }
      )
    ]
  },
  {
    title: `${HELD} connections that have echoed ${ECHOES} messages each`,
    measure: measureMemory,
    fresh: true,
    figures: [
      figure('D3', `${HELD} connections: resident memory`, 'bytes', {
        toBase: 8
      }),
      figure('D3b', `${HELD} connections: bytes sent a message`, 'bytes', {
        toBase: 1 / 1.03
      })
    ]
  },
  {
    title: `${CHURNING} connections that come, echo ${ECHOES} messages and go`,
    measure: measureChurn,
    fresh: true,
    grown: true,
    rounds: 1,
    figures: [
      figure(
        'D4',
        'churn: resident memory, last third to first third',
        'times',
        {
          atMost: 1.05
        }
      ),
      figure('D4b', 'churn: resident memory at the end', 'bytes')
    ]
  },
  {
    title: '1 connection × 1 in flight × 16 MiB JSON, context takeover',
    measure: measureDelay,
    figures: [
      figure('D5', '16 MiB JSON: longest delay of the event loop', 'ns', {
        atMost: 5e6
      }),
      figure('D5b', '16 MiB JSON: messages a second', 'msg/s')
    ]
  },
  {
    title: `broadcast of 1 KiB JSON to ${CLIENTS} clients, no context takeover`,
    measure: measureBroadcast,
    work: 'broadcast',
    load: { connections: CLIENTS },
    figures: [
      figure('B3', `broadcast to ${CLIENTS}, no context takeover`, 'msg/s', {
        peer: 'framewright/broadcast',
        toBase: 20
      })
    ]
  }
];

/** D and B3: permessage-deflate. */
export const deflate = {
  name: 'deflate',
  title: 'permessage-deflate, 1 KiB JSON',
  base: 'ws',
  cells: () => CELLS,
  peers: ({ work }) => [
    'ws',
    'ws-again',
    'framewright',
    ...(work === 'broadcast' ? ['framewright/broadcast'] : [])
  ],
  prepare: prepareLoad,
  open: (peer, { work = 'echo', grown }, { node }) =>
    Server.open(peer, work, node, { deflate: true, grown }),
  measure: (server, cell, context) => cell.measure(server, cell, context)
};

async function measureEcho(server, { load, figures }, context) {
  const result = await context.loadgen.run('echo', server.port, {
    ...TAKEOVER,
    ...load,
    ...window(server, context),
    'server-pid': server.pid
  });
  const { rate } = result;
  const [rateFigure, timeFigure] = figures;
  return {
    values: {
      [rateFigure.code]: rate,
      [timeFigure.code]: timeEach(result, rate)
    }
  };
}

async function measureEchoAndLatency(server, cell, context) {
  const { values } = await measureEcho(server, cell, context);
  // Stock ws is measured first, and sets the rate.
  if (server.peer === 'ws') cell.rate = Math.round(values.D2 * SHARE);
  if (cell.rate === undefined) return { values };
  const { p99_ns: p99, generator_p99_ns: late } = await context.loadgen.run(
    'rate',
    server.port,
    {
      ...TAKEOVER,
      ...cell.load,
      ...window(server, context),
      rate: cell.rate
    }
  );
  return {
    values: { ...values, D2c: p99 },
    notes: [['generator late by', late, 'ns']]
  };
}

async function measureMemory(server, _, { loadgen }) {
  const before = await server.memory();
  const held = loadgen.hold(server.port, HELD, {
    ...TAKEOVER,
    echoes: ECHOES
  });
  try {
    const { answer_len: len } = await held.read();
    const after = await server.memory();
    return { values: { D3: after.rss - before.rss, D3b: len } };
  } finally {
    await held.end();
  }
}

async function measureChurn(server, _, { churn, loadgen, progress }) {
  const duration = churn * 60_000;
  // V8's old generation and malloc need some time to settle.
  const warmup = duration / 3;
  const run = loadgen.run('churn', server.port, {
    ...TAKEOVER,
    connections: CHURNING,
    echoes: ECHOES,
    'warmup-ms': Math.round(warmup),
    'duration-ms': Math.round(duration)
  });
  const ended = run.then(
    () => true,
    () => true
  );
  const series = [];
  await Promise.race([ended, delay(warmup)]);
  for (let look = 0; look < LOOKS; look++) {
    if (await Promise.race([ended, delay(duration / LOOKS)])) break;
    series.push(await server.rss());
    progress.step(`${server.peer} ${Math.round(series.at(-1) / 1e6)} MB`);
  }
  const { connections } = await run;
  const third = Math.floor(series.length / 3);
  const first = spread(series.slice(0, third)).median;
  const last = spread(series.slice(-third)).median;
  return {
    values: { D4: last / first, D4b: last },
    notes: [
      ['connections in all', connections, 'number'],
      ['peak', Math.max(...series), 'bytes']
    ],
    series
  };
}

async function measureDelay(server, _, { loadgen, quick }) {
  const run = (ms) =>
    loadgen.run('echo', server.port, {
      ...TAKEOVER,
      connections: 1,
      'payload-len': 16 * MIB,
      'warmup-ms': 1000,
      'duration-ms': ms
    });
  // Code that is loaded and compiled now delays nothing later.
  await run(1000);
  await server.delay();
  const { rate } = await run(quick ? 2000 : 8000);
  return { values: { D5: await server.delay(), D5b: rate } };
}

async function measureBroadcast(server, { load }, context) {
  const { rate } = await context.loadgen.run('broadcast', server.port, {
    ...NO_TAKEOVER,
    ...load,
    ...window(server, context),
    'server-pid': server.pid
  });
  return { values: { B3: rate } };
}

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
