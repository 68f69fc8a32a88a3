// Hubs on one Redis server of a test's own, with what they log and what listeners hear.

import assert from 'node:assert/strict';
import { once } from 'node:events';

import { createHub } from 'framewright/broadcast';
import { createClient } from 'redis';

import { quiet } from '../../semantics/support/scene.mjs';

import { RedisServer } from './redis-server.mjs';

/** Waits until something is so. */
export async function until(condition) {
  while (!condition()) await quiet(1);
}

/** Waits until hubs are shared. */
export async function shared(...hubs) {
  for (const hub of hubs) if (!hub.isShared) await once(hub, 'shared');
}

export class RedisHubs {
  #cleanups = [];

  constructor(redis) {
    this.redis = redis;
  }

  static async start() {
    const redis = await RedisServer.create();
    await redis.start();
    return new RedisHubs(redis);
  }

  /** A hub that may not be shared yet. */
  open(options = {}) {
    const lines = [];
    const logger = {
      info: (text) => lines.push(`info ${text}`),
      warn: (text) => lines.push(`warn ${text}`)
    };
    const hub = createHub({ redis: this.redis.url, logger, ...options });
    this.#cleanups.push(() => hub.close());
    return { hub, lines };
  }

  /** A hub that is shared. */
  async publisher(options) {
    const opened = this.open(options);
    await shared(opened.hub);
    return opened;
  }

  /** A hub that is shared, and what it hears on topic `a`. */
  async listener(options) {
    const opened = this.open(options);
    const heard = [];
    opened.hub.subscribe('a', (data) => heard.push(data.toString('latin1')));
    await shared(opened.hub);
    return { ...opened, heard };
  }

  /** A client beside the hubs. */
  async client() {
    const client = createClient({ url: this.redis.url });
    client.on('error', () => {});
    await client.connect();
    this.#cleanups.push(() => client.destroy());
    return client;
  }

  async closeAll() {
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
    this.#cleanups = [];
  }
}

/** What became of each promise: `'taken'`, or the code of its error. */
export async function fates(promises) {
  for (const promise of promises) assert.ok(promise instanceof Promise);
  const results = await Promise.allSettled(promises);
  return results.map(({ status, reason }) =>
    status === 'fulfilled' ? 'taken' : reason.code
  );
}

/** How many there are of each. */
export function tally(list) {
  const counts = {};
  for (const item of list) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}
