import { fileURLToPath } from 'node:url';
import { Server } from './server.mjs';
import { Companion, LOADGEN_CORE } from './spawn.mjs';

const WATCHER = fileURLToPath(
  new URL('../servers/watcher.js', import.meta.url)
);

/** A server with the inspector mounted, which several peers may share. */
export class Tapped {
  #node;
  #server;
  #users = 0;
  #watcher = null;

  /**
   * @param {string} peer Which ws it runs
   * @param {string} node The node binary
   * @return {Promise<Tapped>} Listening, with nobody watching
   */
  static async open(peer, node) {
    return new Tapped(await Server.open(peer, 'tapped', node), node);
  }

  constructor(server, node) {
    this.#node = node;
    this.#server = server;
  }

  get port() {
    return this.#server.port;
  }

  get pid() {
    return this.#server.pid;
  }

  get isOpen() {
    return this.#users > 0;
  }

  /** Counts one more peer that uses it. */
  join() {
    this.#users++;
  }

  /** Counts one peer less. After the last one it is closed. */
  async leave() {
    if (--this.#users > 0) return;
    await this.unwatch();
    await this.#server.close();
  }

  /** Has its live stream read, on the load generator's core. */
  async watch() {
    if (this.#watcher) return;
    const args = [WATCHER, String(this.port)];
    this.#watcher = new Companion(LOADGEN_CORE, this.#node, args);
    await this.#watcher.read();
  }

  async unwatch() {
    await this.#watcher?.end();
    this.#watcher = null;
  }
}
