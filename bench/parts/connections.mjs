import { Server } from '../harness/server.mjs';
import { prepareLoad, timeEach, window } from './lib/load.mjs';

/** Messages a second over all connections: every peer can hold it. */
const RATE = 10_000;

const figure = (code, title, unit) => ({ code, title, unit, better: 'less' });

function cell(code, connections) {
  const among = `${connections.toLocaleString('en')} connections`;

  return {
    title: among,
    connections,
    figures: [
      figure(code, `${among}: processor time a message`, 'ns'),
      figure(`${code}b`, `${among}: 99 % of answers within`, 'ns')
    ]
  };
}

/** N: the same messages over more connections. */
export const connections = {
  name: 'connections',
  title: `Echo of 64 bytes text, ${RATE.toLocaleString('en')} messages a second over all connections`,
  base: 'ws',
  ceiling: 'raw',
  cells: ({ quick }) => [
    cell('N1', 100),
    cell('N2', 1000),
    // It takes a while to open them, and as many descriptors for each side.
    ...(quick ? [] : [cell('N3', 10_000)])
  ],
  peers: () => ['ws', 'ws-again', 'framewright', 'raw', 'bun'],
  prepare: prepareLoad,
  open: (peer, _, { node }) => Server.open(peer, 'echo', node),
  async measure(server, { connections, figures }, context) {
    const result = await context.loadgen.run('rate', server.port, {
      connections,
      'payload-len': 64,
      rate: RATE,
      ...window(server, context),
      verbatim: server.peer === 'raw',
      'server-pid': server.pid
    });
    const [time, latency] = figures;

    return {
      values: {
        [time.code]: timeEach(result, RATE),
        [latency.code]: result.p99_ns
      },
      disturbed: result.disturbed,
      notes: [['generator late by', result.generator_p99_ns, 'ns']]
    };
  }
};
