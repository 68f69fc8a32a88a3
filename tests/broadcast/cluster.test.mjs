// The hub on a real Redis Cluster: each topic is at one of three nodes, and its channel with it.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';

import { createHub } from 'framewright/broadcast';
import * as redis6 from 'redis';
import * as redis5 from 'redis-5';

import { quiet } from '../semantics/support/scene.mjs';

import { RedisCluster } from './support/redis-cluster.mjs';
import { shared, until } from './support/redis-hubs.mjs';
import { skip } from './support/redis-server.mjs';

const TOPICS = Array.from({ length: 30 }, (_, i) => `topic ${i} }{%`);

/** What hubs make of a topic, so that it can be in the braces of a key. */
const tagOf = (topic) => topic.replaceAll('%', '%25').replaceAll('}', '%7D');

let cluster;
before(async () => {
  if (!skip) cluster = await RedisCluster.start();
});
after(() => cluster?.end());

for (const [version, redis] of Object.entries({ 5: redis5, 6: redis6 })) {
  describe(
    `The hub on a Redis Cluster, redis ${version}`,
    { skip, timeout: 300_000 },
    () => {
      let ends = [];
      const prefix = `${version}:`;

      afterEach(() => {
        for (const end of ends) end();
        ends = [];
      });
      /** A hub, and what it hears by topic. */
      async function open(options) {
        const lines = [];
        const logger = {
          info: (text) => lines.push(text),
          warn: (text) => lines.push(text)
        };
        const hub = createHub({
          redis: cluster.client(redis),
          prefix,
          logger,
          ...options
        });
        ends.push(() => hub.close());
        const heard = new Map(TOPICS.map((topic) => [topic, []]));
        const ids = [];
        const missed = [];
        for (const topic of TOPICS) {
          hub.subscribe(topic, (data, isBinary, id) => {
            heard.get(topic).push(`${data}`);
            ids.push(id);
          });
        }
        hub.on('missed', (event) => missed.push(event));
        await shared(hub);
        return { hub, heard, ids, lines, missed };
      }

      const count = ({ heard }) => [...heard.values()].flat().length;

      const is = (peer, expected) => {
        for (const topic of TOPICS) {
          assert.deepEqual(peer.heard.get(topic), expected, topic);
        }
      };

      for (const history of [undefined, { count: 10_000, age: 3_600_000 }]) {
        const title = history ? 'with history' : 'without history';

        it(`reaches all processes, ${title}`, async () => {
          const one = await open({ history });
          const two = await open({ history });
          const nodes = new Set(TOPICS.map((it) => cluster.nodeOf(`a{${it}}`)));
          assert.equal(nodes.size, 3);
          const numbers = Array.from({ length: 50 }, (_, i) => `${i}`);
          for (const text of numbers) {
            await Promise.all(
              TOPICS.map((topic) => one.hub.publish(topic, text).shared)
            );
          }
          await until(() => count(one) >= 1500 && count(two) >= 1500);
          await quiet();
          is(one, numbers);
          is(two, numbers);
        });
      }

      it('passes messages on by sharded channels', async () => {
        const one = await open();
        const asked = [];
        for (const { url } of cluster.nodes) {
          const client = redis6.createClient({ url });
          await client.connect();
          asked.push(await client.pubSubShardChannels(`${version}:*`));
          assert.deepEqual(await client.pubSubChannels(`${version}:*`), []);
          client.destroy();
        }
        assert.deepEqual(
          asked.flat().sort(),
          TOPICS.map((topic) => `${version}:${topic}`).sort()
        );
        assert.ok(asked.every((channels) => channels.length > 0));
        assert.equal(one.hub.isShared, true);
      });

      it('misses nothing while a topic moves to another node', async () => {
        const history = { count: 10_000, age: 3_600_000 };
        const one = await open({ history, prefix: `moved ${version}:` });
        const two = await open({ history, prefix: `moved ${version}:` });
        const [first] = TOPICS;
        const key = `moved ${version}:{${tagOf(first)}}`;
        const source = cluster.nodeOf(key);
        const target = cluster.nodes.find((node) => node !== source);
        const numbers = [];
        let promise;
        let isMoved = false;
        const publishing = (async () => {
          for (let i = 0; i < 100 || !isMoved; i++) {
            numbers.push(`${i}`);
            promise = one.hub.publish(first, `${i}`).shared;
            await quiet(1);
          }
          // And some at the new node.
          for (let i = 0; i < 100; i++) {
            numbers.push(`then ${i}`);
            promise = one.hub.publish(first, `then ${i}`).shared;
          }
        })();
        await until(() => two.heard.get(first).length > 20);
        await cluster.moveSlotOf(key, target);
        isMoved = true;
        await publishing;
        await promise;
        assert.equal(cluster.nodeOf(key), target);
        const all = numbers.length;
        await until(() => count(one) >= all && count(two) >= all);
        await quiet();
        assert.deepEqual(one.heard.get(first), numbers);
        assert.deepEqual(two.heard.get(first), numbers);
        assert.deepEqual([one.missed, two.missed], [[], []]);
      });

      it('goes on after a topic has moved, without history', async () => {
        const prefix = `moved alone ${version}:`;
        const one = await open({ prefix });
        const two = await open({ prefix });
        const [first] = TOPICS;
        const channel = prefix + first;
        const source = cluster.nodeOf(channel);
        const target = cluster.nodes.find((node) => node !== source);
        const client = redis6.createClient({ url: target.url });
        await client.connect();
        ends.push(() => client.destroy());
        const numbers = [];
        let isMoved = false;
        const publishing = (async () => {
          for (let i = 0; i < 100 || !isMoved; i++) {
            numbers.push(`${i}`);
            one.hub.publish(first, `${i}`);
            await quiet(1);
          }
        })();
        await until(() => two.heard.get(first).length > 20);
        await cluster.moveSlotOf(channel, target);
        isMoved = true;
        await publishing;
        assert.equal(cluster.nodeOf(channel), target);

        // What was published before both are there again may be lost.
        for (;;) {
          const counts = await client.pubSubShardNumSub([channel]);
          if (counts[channel] === 2) break;
          await quiet(1);
        }
        await quiet();
        const then = Array.from({ length: 100 }, (_, i) => `then ${i}`);
        for (const text of then) await one.hub.publish(first, text).shared;
        const heard = two.heard.get(first);
        await until(() => heard.at(-1) === 'then 99');
        assert.deepEqual(one.heard.get(first), [...numbers, ...then]);
        assert.deepEqual(heard.slice(-100), then);
        // Of the others none is heard twice.
        const others = new Set(heard.slice(0, -100));
        assert.equal(others.size, heard.length - 100);
        assert.ok([...others].every((text) => numbers.includes(text)));
      });

      it('misses nothing while a node is killed', async () => {
        const history = { count: 10_000, age: 3_600_000 };
        const one = await open({ history, prefix: `killed ${version}:` });
        const two = await open({ history, prefix: `killed ${version}:` });
        const [first] = TOPICS;
        const node = cluster.nodeOf(`killed ${version}:{${tagOf(first)}}`);
        const promises = [];
        const publish = (text) => {
          for (const topic of TOPICS) {
            promises.push(one.hub.publish(topic, text).shared);
          }
        };
        const numbers = Array.from({ length: 200 }, (_, i) => `${i}`);
        for (const text of numbers.slice(0, 100)) publish(text);
        await Promise.all(promises);
        await node.kill();
        for (const text of numbers.slice(100)) publish(text);
        // The other nodes go on.
        const goesOn = (topic) => two.heard.get(topic).length === 200;
        await until(() => TOPICS.some(goesOn));
        assert.equal(goesOn(first), false);
        await node.start();
        await Promise.all(promises);
        await until(() => count(one) >= 6000 && count(two) >= 6000);
        await quiet();
        is(one, numbers);
        is(two, numbers);
        assert.deepEqual([one.missed, two.missed], [[], []]);
        // And whoever was away.
        const late = [];
        two.hub.subscribe(first, (data) => late.push(`${data}`), {
          after: '0-0'
        });
        await until(() => late.length >= 200);
        assert.deepEqual(late, numbers);
      });
    }
  );
}
