// A real Redis Cluster of three nodes on this machine.

import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

import { DURABLE, RedisServer } from './redis-server.mjs';

const OPTIONS = {
  ...DURABLE,
  'cluster-enabled': 'yes',
  'cluster-node-timeout': '2000',
  // What is at the nodes that are there goes on.
  'cluster-require-full-coverage': 'no'
};

export class RedisCluster {
  #clients = [];

  constructor(nodes) {
    this.nodes = nodes;
  }

  static async start() {
    const nodes = [];
    for (let i = 0; i < 3; i++) {
      const node = await RedisServer.create(OPTIONS);
      await node.start();
      nodes.push(node);
    }
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    execFileSync('redis-cli', [
      ...['--cluster', 'create', ...addresses],
      ...['--cluster-yes']
    ]);
    const cluster = new RedisCluster(nodes);
    for (const { port } of nodes) await cluster.#settled(port);
    return cluster;
  }

  /** A client that hubs connect alike, of a copy of the npm package. */
  client({ createCluster }) {
    const rootNodes = this.nodes.map(({ url }) => ({ url }));
    const client = createCluster({ rootNodes });
    client.on('error', () => {});
    this.#clients.push(client);
    return client;
  }

  /** The node that has the slot of a key. */
  nodeOf(key) {
    const slot = Number(this.#ask(this.nodes[0].port, 'keyslot', key));
    const lines = this.#ask(this.nodes[0].port, 'nodes').split('\n');
    for (const line of lines) {
      const [, address, , , , , , , ...ranges] = line.split(' ');
      const isThere = ranges.some((range) => {
        // What is in brackets is on its way.
        if (!/^\d/.test(range)) return false;
        const [first, last = first] = range.split('-').map(Number);
        return slot >= first && slot <= last;
      });
      if (!isThere) continue;
      const port = Number(/:(\d+)@/.exec(address)[1]);
      return this.nodes.find((node) => node.port === port);
    }
  }

  /** Moves a key's slot, and all keys in it, to another node. */
  async moveSlotOf(key, target) {
    const source = this.nodeOf(key);
    const slot = this.#ask(source.port, 'keyslot', key).trim();
    const idOf = ({ port }) => this.#ask(port, 'myid').trim();
    const set = (node, ...args) =>
      this.#ask(node.port, 'setslot', slot, ...args);
    set(target, 'importing', idOf(source));
    set(source, 'migrating', idOf(target));
    // Some time goes by with the slot at both.
    await delay(50);
    for (;;) {
      const keys = this.#ask(source.port, 'getkeysinslot', slot, '100');
      if (keys.trim() === '') break;
      execFileSync('redis-cli', [
        ...['-p', source.port, 'migrate', '127.0.0.1', target.port],
        ...['', '0', '5000', 'keys', ...keys.trim().split('\n')]
      ]);
      await delay(50);
    }
    for (const node of [target, source, ...this.nodes]) {
      set(node, 'node', idOf(target));
    }
  }

  async end() {
    for (const client of this.#clients) if (client.isOpen) client.destroy();
    for (const node of this.nodes) await node.end();
  }

  async #settled(port) {
    while (!this.#ask(port, 'info').includes('cluster_state:ok')) {
      await delay(50);
    }
  }

  #ask(port, ...args) {
    return execFileSync('redis-cli', ['-p', port, 'cluster', ...args], {
      encoding: 'utf8'
    });
  }
}
