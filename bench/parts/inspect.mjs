import { fileURLToPath } from 'node:url';
import { Server } from '../harness/server.mjs';
import { Companion, LOADGEN_CORE } from '../harness/spawn.mjs';
import { measureRate, prepareLoad } from './load.mjs';

const KIB = 1024;
const WATCHER = fileURLToPath(
  new URL('../servers/watcher.js', import.meta.url)
);

const cell = (code, connections, inFlight, payloadLen, size) => ({
  code,
  title: `${connections} connections × ${inFlight} in flight × ${size} text`,
  unit: 'msg/s',
  better: 'more',
  target: { peer: 'framewright, watched', toBase: 0.9 },
  load: { connections, 'in-flight': inFlight, 'payload-len': payloadLen }
});

/** I: what it costs that the inspector can be opened, and that it is. */
export const inspect = {
  name: 'inspect',
  title: 'Echo with the inspector mounted, and watching, messages a second',
  base: 'framewright',
  cells: () => [
    cell('I1', 64, 1, 64, '64 octets'),
    cell('I2', 256, 32, 64, '64 octets'),
    cell('I3', 64, 16, KIB, '1 KiB')
  ],
  peers: () => ['framewright', 'framewright, mounted', 'framewright, watched'],
  prepare: prepareLoad,
  async open(peer, _, { node }) {
    const [flavour, state] = peer.split(', ');
    const work = state ? 'inspected' : 'echo';
    const server = await Server.open(flavour, work, node);
    return state === 'watched' ? Watched.open(server, node) : server;
  },
  measure: (server, cell, context) => measureRate('echo', server, cell, context)
};

/** A server whose live stream is read, at the load generator's expense. */
class Watched {
  #server;
  #watcher;

  static async open(server, node) {
    const watched = new Watched(server, node);
    try {
      await watched.#watcher.read();
    } catch (err) {
      await watched.close();
      throw err;
    }
    return watched;
  }

  constructor(server, node) {
    this.#server = server;
    const args = [WATCHER, String(server.port)];
    this.#watcher = new Companion(LOADGEN_CORE, node, args);
  }

  get port() {
    return this.#server.port;
  }

  get pid() {
    return this.#server.pid;
  }

  async close() {
    await this.#watcher.end();
    await this.#server.close();
  }
}
