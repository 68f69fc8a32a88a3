import { Server } from '../harness/server.mjs';
import { prepareLoad } from './load.mjs';

const cell = (code, field, title) => ({
  code,
  field,
  title: `${title}`,
  unit: 'octets',
  better: 'less'
});

/** M: what an idle connection costs. */
export const memory = {
  name: 'memory',
  title: 'Memory of an idle connection',
  // What a process has freed once it takes again without growing.
  fresh: true,
  base: 'ws',
  ceiling: 'raw',
  cells: () => [
    cell('M1', 'rss', 'resident octets'),
    cell('M1b', 'heapUsed', 'heap octets')
  ],
  peers: () => ['ws', 'ws-again', 'framewright', 'raw', 'bun'],
  prepare: prepareLoad,
  open: (peer, _, { node }) => Server.open(peer, 'echo', node),
  async measure(server, { field }, { loadgen, quick }) {
    const connections = quick ? 1000 : 8000;
    // What the first connections load and compile is no connection's cost.
    await whileHeld(loadgen, server, 100, () => {});
    const before = await server.memory();
    const after = await whileHeld(loadgen, server, connections, () =>
      server.memory()
    );
    return { value: (after[field] - before[field]) / connections };
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
