import { Server } from '../harness/server.mjs';
import { prepareLoad } from './lib/load.mjs';

/** Clients that read nothing, while everything is sent to them. */
const CLIENTS = 20;

/** More than the kernel holds for a connection. */
const MESSAGES = { 'payload-len': 1024, rate: 4000 };
const DURATION = 3000;

/** K: what a server keeps for clients that don't read. */
export const slow = {
  name: 'slow',
  title: `Memory of a client that doesn't read, ${(MESSAGES.rate * DURATION) / 1000} messages of 1 KiB sent to all of ${CLIENTS}`,
  fresh: true,
  base: 'ws',
  cells: () => [
    {
      code: 'K1',
      title: 'resident memory a client',
      unit: 'bytes',
      better: 'less'
    }
  ],
  peers: () => [
    'ws',
    'ws-again',
    'framewright',
    'framewright/broadcast',
    'bun'
  ],
  prepare: prepareLoad,
  open: (peer, _, { node }) => Server.open(peer, 'broadcast', node),
  async measure(server, _, { loadgen }) {
    // One who reads, so that everything is loaded and compiled.
    await publish(loadgen, server);

    const before = await server.memory();
    const held = loadgen.hold(server.port, CLIENTS);

    try {
      await held.read();
      await publish(loadgen, server);

      const after = await server.memory();

      return { value: (after.rss - before.rss) / CLIENTS };
    } finally {
      await held.end();
    }
  }
};

/** One connection publishes, and gets each message back itself. */
function publish(loadgen, server) {
  return loadgen.run('rate', server.port, {
    ...MESSAGES,
    connections: 1,
    'warmup-ms': 0,
    'duration-ms': DURATION
  });
}
