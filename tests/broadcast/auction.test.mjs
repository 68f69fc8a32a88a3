// The auction in two processes on one real Redis, which dies and comes back.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { createClient } from 'redis';

import { AuctionProcess } from './support/auction-process.mjs';
import { RedisServer, skip } from './support/redis-server.mjs';

for (const [title, args] of [
  ['with history', []],
  ['without history', ['--no-history']]
]) {
  const name = `Two auction servers on one Redis, ${title}`;

  describe(name, { skip, timeout: 120_000 }, () => {
    let redis;
    let servers;
    let ann;
    let bob;

    before(async () => {
      redis = await RedisServer.create();
      await redis.start();
      servers = [0, 1].map(() => new AuctionProcess(redis.url, args));
      ann = await servers[0].enter('a', 'Ann');
      bob = await servers[1].enter('b', 'Bob');
    });
    after(async () => {
      for (const server of servers) await server.stop('SIGKILL');
      await redis.end();
    });

    it('hold one auction for the people of both', async () => {
      for (const visitor of [ann, bob]) {
        await visitor.until(({ people }) => people.count === 2);
        const names = visitor.people.listed.map(({ name }) => name);
        assert.deepEqual(names.sort(), ['Ann', 'Bob']);
      }
      await bob.until(({ auction }) => auction.endsAt === ann.auction.endsAt);
    });

    it('show a bid made on one on the other', async () => {
      let amount = ann.bid();
      await Promise.all([ann.sees('Ann', amount), bob.sees('Ann', amount)]);
      amount = bob.bid();
      await Promise.all([ann.sees('Bob', amount), bob.sees('Bob', amount)]);
      // As a bid, not as a new lot.
      assert.ok(bob.messages.filter(({ type }) => type === 'bid').length === 2);
      assert.deepEqual(ann.auction.bids, bob.auction.bids);
      assert.equal(ann.auction.bidCount, 2);
      assert.equal(ann.auction.minimum, bob.auction.minimum);

      bob.bid();
      await bob.until(({ messages }) =>
        messages.some(({ refused }) => refused === 'leading')
      );
    });

    it('keep what they told each other in Redis, or nothing', async () => {
      const client = createClient({ url: redis.url });
      await client.connect();
      assert.equal((await client.dbSize()) > 0, args.length === 0);
      client.destroy();
    });

    it('agree on one of two bids that are made at the same time', async () => {
      const cid = await servers[0].enter('c', 'Cid');
      const dan = await servers[1].enter('d', 'Dan');
      for (let i = 0; i < 5; i++) {
        const amount = ann.auction.minimum;
        cid.bid(amount);
        dan.bid(amount);
        await ann.until(({ auction }) => auction.bids[0]?.amount >= amount);
        await bob.until(({ auction }) => auction.bids[0]?.amount >= amount);
        const next = ann.bid(ann.auction.minimum + 1000 * (i + 1));
        await Promise.all([ann.sees('Ann', next), bob.sees('Ann', next)]);
        assert.deepEqual(ann.auction.minimum, bob.auction.minimum);
      }
      const newest = await servers[1].enter('e', 'Eve');
      assert.deepEqual(newest.auction.bids[0], ann.auction.bids[0]);
      for (const { socket } of [cid, dan, newest]) socket.terminate();
    });

    it('go on by themselves while Redis is gone, and say so', async () => {
      await redis.kill();
      for (const server of servers) {
        await server.printed(
          /^framewright hub: Redis is gone \(.+\); messages (wait|reach only this process) until it is back$/
        );
      }
      const before = bob.auction.bids[0];
      const eve = await servers[0].enter('e', 'Eve');
      const amount = eve.bid();
      await Promise.all([eve.sees('Eve', amount), ann.sees('Eve', amount)]);
      assert.deepEqual(bob.auction.bids[0], before);
      // The other one has its own idea meanwhile.
      const own = bob.bid();
      await bob.sees('Bob', own);
      const higher = ann.bid();
      await ann.sees('Ann', higher);
      eve.socket.terminate();
    });

    it('heal when it is back: the higher bid stands on both', async () => {
      const { amount } = ann.auction.bids[0];
      await redis.start();
      for (const server of servers) await server.printed(/Redis is there/);
      await bob.sees('Ann', amount);
      const next = bob.bid();
      await Promise.all([ann.sees('Bob', next), bob.sees('Bob', next)]);
      assert.equal(ann.auction.bidCount, bob.auction.bidCount);
      for (const server of servers) {
        const told = server.lines.filter((line) => /Redis is gone/.test(line));
        assert.equal(told.length, 1);
      }
    });

    it('let a third one in that has just started', async () => {
      const third = new AuctionProcess(redis.url, args);
      try {
        const fay = await third.enter('f', 'Fay');
        await fay.until(({ auction }) => auction.bidCount > 0);
        assert.deepEqual(fay.auction.bids[0], bob.auction.bids[0]);
        await ann.until(({ people }) =>
          people.listed.some(({ name }) => name === 'Fay')
        );
      } finally {
        await third.stop('SIGKILL');
      }
      // It could not say goodbye.
      await ann.until(({ people }) => people.count === 2);
    });

    it('end when they are told to', async () => {
      for (const server of servers) {
        await server.stop('SIGTERM');
        assert.equal(server.child.exitCode, 0);
      }
    });
  });
}
