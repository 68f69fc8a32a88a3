import { Server } from '../harness/server.mjs';
import { prepareLoad } from './lib/load.mjs';

const figure = (code, title) => ({
  code,
  title,
  unit: 'bytes',
  better: 'less'
});

/** M: what an idle connection costs. */
export const memory = {
  name: 'memory',
  title: 'Memory of an idle connection',
  // Memory that a process has freed is used again, and no growth would show.
  fresh: true,
  base: 'ws',
  ceiling: 'raw',
  cells: () => [
    {
      title: 'idle connections',
      figures: [figure('M1', 'resident'), figure('M1b', 'heap')]
    }
  ],
  peers: () => ['ws', 'ws-again', 'framewright', 'raw', 'bun'],
  prepare: prepareLoad,
  open: (peer, _, { node }) => Server.open(peer, 'echo', node),
  async measure(server, _, { loadgen, quick }) {
    const connections = quick ? 1000 : 8000;
    // The first connections load and compile code. That is no cost of a connection.
    await whileHeld(loadgen, server, 100, () => {});
    const before = await server.memory();
    const after = await whileHeld(loadgen, server, connections, () =>
      server.memory()
    );
    const each = (field) => (after[field] - before[field]) / connections;
    // The heaps of different engines can't be compared.
    const heap = server.peer === 'bun' ? undefined : each('heapUsed');
    return { values: { M1: each('rss'), M1b: heap } };
  }
};

async function whileHeld(loadgen, server, connections, use) {
  const held = loadgen.hold(server.port, connections);
  try {
    await held.read();
    return await use();
  } finally {
    await held.end();
  }
}
