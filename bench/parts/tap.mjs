import { Tapped } from '../harness/tapped.mjs';
import { Server } from '../harness/server.mjs';
import { measureRate, prepareLoad } from './lib/load.mjs';

const KIB = 1024;

const ABSENT = 'framewright';
const MOUNTED = 'framewright, mounted';
const WATCHED = 'framewright, watched';

const LOADS = [
  { code: 'I1', connections: 64, inFlight: 1, len: 64, size: '64 bytes' },
  { code: 'I2', connections: 256, inFlight: 32, len: 64, size: '64 bytes' },
  { code: 'I3', connections: 64, inFlight: 16, len: KIB, size: '1 KiB' }
];

const cells = LOADS.flatMap(({ code, connections, inFlight, len, size }) => {
  const cell = {
    title: `${connections} connections × ${inFlight} in flight × ${size} text`,
    unit: 'msg/s',
    better: 'more',
    load: { connections, 'in-flight': inFlight, 'payload-len': len }
  };
  return [
    {
      ...cell,
      code,
      peers: [ABSENT, MOUNTED],
      base: [ABSENT],
      target: { peer: MOUNTED, toBase: 0.99 }
    },
    {
      ...cell,
      code: `${code}b`,
      peers: [MOUNTED, WATCHED],
      base: [MOUNTED],
      target: { peer: WATCHED, toBase: 0.9 },
      together: true
    }
  ];
});

/**
 * I: what it costs that the inspector can be opened, and, b, that it is.
 *
 * The latter in one process, watched and not: two processes of one program
 * differ by more than these.
 */
export const tap = {
  name: 'tap',
  title: 'Echo with the inspector mounted, and watching, messages a second',
  cells: () => cells,
  peers: ({ peers }) => peers,
  async prepare(context) {
    return { ...(await prepareLoad(context)), shared: {} };
  },
  async open(peer, { together }, { node, shared }) {
    if (peer === ABSENT) return Server.open(ABSENT, 'echo', node);
    if (!together) return new State(peer, await Tapped.open(ABSENT, node));
    // The second peer of a round uses the server that the first one left open.
    shared.server = shared.server?.isOpen
      ? shared.server
      : await Tapped.open(ABSENT, node);
    return new State(peer, shared.server);
  },
  async measure(server, cell, context) {
    await server.enter?.();
    return measureRate('echo', server, cell, context);
  }
};

/** A server as one peer uses it: watched or not. */
class State {
  /** Whether it has had load before, since it was entered. */
  warm = false;
  #server;

  constructor(peer, server) {
    this.peer = peer;
    this.#server = server;
    server.join();
  }

  get port() {
    return this.#server.port;
  }

  get pid() {
    return this.#server.pid;
  }

  async enter() {
    await (this.peer === WATCHED
      ? this.#server.watch()
      : this.#server.unwatch());
    // At first, the kernel provides memory for what waits for a watcher, and V8
    // frees what waited for the watcher before.
    this.warm = false;
  }

  close() {
    return this.#server.leave();
  }
}
