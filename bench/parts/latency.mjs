import { Server } from '../harness/server.mjs';
import { prepareLoad, window } from './lib/load.mjs';

const LOAD = { connections: 64, 'payload-len': 64 };
// The load, as a share of stock ws's highest rate.
const SHARE = 0.5;

const figure = (code, share, rate, target) => ({
  code,
  title: `${share} of answers within, at ${rate} messages a second`,
  unit: 'ns',
  better: 'less',
  target
});

/** L: how long an answer takes at a rate that every peer can hold. */
export const latency = {
  name: 'latency',
  title:
    'Echo latency at half of the most that stock ws can do, 64 connections × 64 bytes text',
  base: 'ws',
  ceiling: 'raw',
  cells({ rate }) {
    const thousands = `${Math.round(rate / 1000)}k`;
    return [
      {
        title: `${thousands} messages a second`,
        figures: [
          figure('L1', '99 %', thousands, { toBase: 1 / 0.7 }),
          figure('L1b', '50 %', thousands),
          figure('L1c', '99.9 %', thousands)
        ]
      }
    ];
  },
  peers: (_, { quick }) => [
    'ws',
    'ws-again',
    ...(quick ? [] : ['ws+addons']),
    'framewright',
    'raw',
    'bun'
  ],
  async prepare(context) {
    const { loadgen } = await prepareLoad(context);
    context.progress.cell('latency: finding the most that stock ws can do');
    const server = await Server.open('ws', 'echo', context.node);
    try {
      const options = { ...LOAD, ...window(server, context) };
      const peak = await loadgen.run('echo', server.port, options);
      return { loadgen, rate: Math.round(peak.rate * SHARE) };
    } finally {
      await server.close();
    }
  },
  open: (peer, _, { node }) => Server.open(peer, 'echo', node),
  async measure(server, _, context) {
    const { loadgen, rate } = context;
    const result = await loadgen.run('rate', server.port, {
      ...LOAD,
      ...window(server, context),
      rate,
      verbatim: server.peer === 'raw',
      'server-pid': server.pid
    });
    return {
      values: {
        L1: result.p99_ns,
        L1b: result.p50_ns,
        L1c: result.p999_ns
      },
      disturbed: result.disturbed,
      notes: [['generator late by', result.generator_p99_ns, 'ns']]
    };
  }
};
