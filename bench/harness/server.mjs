import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Skipped } from './rounds.mjs';
import { ALL_CORES, Companion, SERVER_CORE } from './spawn.mjs';

const require = createRequire(import.meta.url);
const script = (name) =>
  fileURLToPath(new URL(`../servers/${name}`, import.meta.url));

/** V8's young generation in MiB: the largest that Node 20 uses by itself. */
const GROWN = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

/** A peer's server, in a process of its own. */
export class Server {
  /** Whether it was loaded before. */
  warm = false;
  #companion;

  /**
   * @param {string} peer The peer
   * @param {string} work `echo`, `broadcast`, or `tapped`: an echo too
   * @param {string} node The node binary
   * @param {object} [options]
   * @param {boolean} [options.deflate] Whether permessage-deflate is on. Then
   *     the server has all cores, since stock ws compresses on several
   * @param {boolean} [options.grown] Whether V8's young generation has its
   *     size from the start. Else it takes minutes to grow, in steps that show
   *     in the resident memory
   * @return {Promise<Server>} Listening
   */
  static async open(peer, work, node, options = {}) {
    const server = new Server(peer, work, node, options);
    try {
      ({ port: server.port } = await server.#companion.read());
    } catch (err) {
      await server.close();
      throw err;
    }
    return server;
  }

  constructor(peer, work, node, { deflate = false, grown = false }) {
    this.peer = peer;
    const [file, args] = command(peer, work, node);
    if (grown) args.unshift(...GROWN);
    if (deflate) args.push('deflate');
    const core = deflate ? ALL_CORES : SERVER_CORE;
    this.#companion = new Companion(core, file, args);
  }

  get pid() {
    return this.#companion.pid;
  }

  /** Bytes in use: `{ rss, heapUsed }`. */
  memory() {
    return this.#companion.ask('memory');
  }

  /** Resident bytes, garbage included. */
  async rss() {
    return (await this.#companion.ask('rss')).rss;
  }

  /** The longest delay of its event loop in ns since the last call. */
  async delay() {
    return (await this.#companion.ask('delay')).max;
  }

  close() {
    return this.#companion.end();
  }
}

function command(peer, work, node) {
  if (peer === 'bun') return [bun(), [script('bun.js'), work]];
  const flags = ['--expose-gc'];
  if (peer === 'raw') return [node, [...flags, script('raw.js'), work]];
  if (work === 'tapped') return [node, [...flags, script('tapped.js'), peer]];
  return [node, [...flags, script('ws.js'), peer, work]];
}

/** The binary of the `bun` package, or of the `bun` on the PATH. */
function bun() {
  let binary = 'bun';
  try {
    binary = require.resolve('../peers/node_modules/bun/bin/bun.exe');
  } catch {
    // It isn't installed with the peers. The machine may have it.
  }
  try {
    execFileSync(binary, ['--version'], { stdio: 'ignore' });
  } catch {
    throw new Skipped('npm install --no-save --prefix bench/peers bun');
  }
  return binary;
}
