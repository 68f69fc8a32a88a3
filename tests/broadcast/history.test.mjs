// The hub with history, on a real Redis that keeps what it has taken: hubs as of several processes, and subscribers that
// come back.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { createHub } from 'framewright/broadcast';
import * as redis5 from 'redis-5';

import { loadAccelerated } from '../lib/ws-copies.mjs';
import { Scene, quiet } from '../semantics/support/scene.mjs';

import { RedisHubs, fates, shared, until } from './support/redis-hubs.mjs';
import { DURABLE, RedisServer, skip } from './support/redis-server.mjs';

const PUBLISHER = fileURLToPath(
  new URL('./support/publisher.mjs', import.meta.url)
);

const numbers = (from, to) =>
  Array.from({ length: to - from }, (_, i) => String(from + i));

/** The payloads of a peer's frames, each an id and a text. */
const received = (peer) =>
  peer.frames().map(([, payload]) => {
    const at = payload.indexOf('\n');
    return {
      id: payload.toString('latin1', 0, at),
      text: payload.toString('utf8', at + 1)
    };
  });
const texts = (peer) => received(peer).map(({ text }) => text);

describe('The hub with history', { skip, timeout: 300_000 }, () => {
  let redis;
  let hubs;
  let cleanups = [];
  const history = { count: 20_000, age: 3_600_000 };

  before(async () => {
    redis = await RedisServer.create(DURABLE);
    await redis.start();
    hubs = new RedisHubs(redis);
  });
  afterEach(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
    cleanups = [];
    await hubs.closeAll();
    const client = await hubs.client();
    await client.flushAll();
    await hubs.closeAll();
  });
  after(() => redis.end());

  /** A hub that hears what is on topic `a`, with ids. */
  async function listener(options) {
    const { hub, lines } = hubs.open({ history, ...options });
    const heard = [];
    const missed = [];
    hub.subscribe('a', (data, isBinary, id) => {
      heard.push({ text: `${data}`, isBinary, id });
    });
    hub.on('missed', (event) => missed.push(event));
    await shared(hub);
    return {
      hub,
      lines,
      heard,
      missed,
      said: () => heard.map(({ text }) => text)
    };
  }

  async function accept() {
    const scene = new Scene(loadAccelerated('8.23'));
    cleanups.push(() => scene.end());
    return () => scene.accept();
  }

  const publishAll = (hub, list) =>
    Promise.all(list.map((text) => hub.publish('a', text).shared));

  it('gives all processes the same order and ids', async () => {
    const one = await listener();
    const two = await listener();
    for (const [i, { hub }] of [one, two].entries()) {
      for (let n = 0; n < 300; n++) hub.publish('a', `${i} ${n}`);
    }
    await until(() => one.heard.length >= 600 && two.heard.length >= 600);
    await quiet();
    assert.deepEqual(one.heard, two.heard);
    assert.equal(new Set(one.heard.map(({ id }) => id)).size, 600);
    for (const publisher of ['0', '1']) {
      assert.deepEqual(
        one
          .said()
          .map((text) => text.split(' '))
          .filter(([name]) => name === publisher)
          .map(([, n]) => n),
        numbers(0, 300)
      );
    }
    assert.deepEqual([one.missed, two.missed], [[], []]);
  });

  it('frames text and bytes with their id', async () => {
    const open = await accept();
    const { hub } = await hubs.publisher({ history });
    const { ws, peer } = await open();
    assert.equal(hub.join(ws, 'a'), true);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const counts = hub.publish('a', 'é€😀\0\r\n');
    assert.deepEqual(counts, { sent: 0, skipped: 0, dropped: 0, closed: 0 });
    hub.publish('a', bytes);
    await hub.publish('a', '12', { binary: true }).shared;
    await peer.until(() => peer.frames().length === 3);
    const frames = peer.frames();
    assert.deepEqual(
      frames.map(([first]) => first),
      [0x81, 0x82, 0x82]
    );
    for (const [, payload] of frames) assert.match(`${payload}`, /^\d+-\d+\n/);
    assert.equal(received(peer)[0].text, 'é€😀\0\r\n');
    assert.ok(frames[1][1].subarray(-256).equals(bytes));
  });

  it('sends a connection what it missed, once, then what comes', async () => {
    const open = await accept();
    const one = await hubs.publisher({ history });
    const two = await hubs.publisher({ history });
    const before = await open();
    const start = await one.hub.resume(before.ws, 'a');
    assert.deepEqual(start, {
      joined: true,
      missed: false,
      replayed: 0,
      id: '0-0'
    });
    await publishAll(two.hub, numbers(0, 100));
    await before.peer.until(() => before.peer.frames().length === 100);
    before.ws.terminate();
    const { id } = received(before.peer)[59];

    // While it comes back, to the other process, more is published.
    await publishAll(one.hub, numbers(100, 1000));
    const again = await open();
    const back = two.hub.resume(again.ws, 'a', id);
    const rest = publishAll(one.hub, numbers(1000, 2000));
    const { joined, missed, replayed } = await back;
    assert.deepEqual({ joined, missed }, { joined: true, missed: false });
    assert.ok(replayed >= 940, `${replayed}`);
    await rest;
    await again.peer.until(() => again.peer.frames().length >= 1940);
    await quiet();
    assert.deepEqual(texts(again.peer), numbers(60, 2000));

    // And from the very beginning.
    const third = await open();
    assert.equal((await one.hub.resume(third.ws, 'a', '0-0')).replayed, 2000);
    await third.peer.until(() => third.peer.frames().length >= 2000);
    assert.deepEqual(texts(third.peer), numbers(0, 2000));
  });

  it('gives a listener what it missed', async () => {
    const { hub, heard } = await listener();
    await publishAll(hub, numbers(0, 500));
    await until(() => heard.length === 500);
    const late = [];
    const end = hub.subscribe('a', (data) => late.push(`${data}`), {
      after: heard[99].id
    });
    await publishAll(hub, numbers(500, 600));
    await until(() => late.length >= 500);
    assert.deepEqual(late, numbers(100, 600));
    end();
    await hub.publish('a', 'no more').shared;
    await until(() => heard.length === 601);
    assert.equal(late.length, 500);
  });

  it('tells a subscriber that comes too late', async () => {
    const open = await accept();
    const few = { count: 100, age: 3_600_000 };
    const { hub, heard, missed } = await listener({ history: few });
    await publishAll(hub, numbers(0, 1000));
    await until(() => heard.length === 1000);

    const { ws, peer } = await open();
    hub.once('missed', ({ topic, connections }) => {
      assert.deepEqual([topic, connections], ['a', [ws]]);
      ws.send('0\nyou missed some');
    });
    const result = await hub.resume(ws, 'a', heard[10].id);
    assert.equal(result.missed, true);
    assert.ok(result.replayed >= 100 && result.replayed < 400);
    await peer.until(() => peer.frames().length === 1 + result.replayed);
    assert.deepEqual(texts(peer), [
      'you missed some',
      ...numbers(1000 - result.replayed, 1000)
    ]);

    // The last that is kept no more is all it takes.
    const oldest = heard.length - result.replayed;
    const exact = await open();
    assert.equal(
      (await hub.resume(exact.ws, 'a', heard[oldest - 1].id)).missed,
      false
    );
    // Ids that nobody gave out.
    for (const id of [
      '',
      'x',
      '1-1',
      `${Date.now() + 1e6}-0`,
      '9'.repeat(99)
    ]) {
      const other = await open();
      assert.equal((await hub.resume(other.ws, 'a', id)).missed, true, id);
      await hub.publish('a', 'next').shared;
      await other.peer.until(() => texts(other.peer).includes('next'));
      hub.leave(other.ws, 'a');
    }
    assert.equal(missed.length, 1 + 5);
  });

  it('keeps nothing longer than it is asked to', async () => {
    const short = { count: 1000, age: 50 };
    const { hub, heard } = await listener({ history: short });
    await publishAll(hub, numbers(0, 10));
    await until(() => heard.length === 10);
    const client = await hubs.client();
    while ((await client.exists('framewright:{a}')) === 1) await quiet(5);
    const result = await new Promise((resolve) => {
      hub.once('missed', resolve);
      hub.subscribe('a', () => {}, { after: heard[4].id });
    });
    assert.equal(result.topic, 'a');
    // Who has the last one has missed nothing.
    const got = [];
    hub.subscribe('a', (data) => got.push(`${data}`), { after: heard[9].id });
    await hub.publish('a', 'next').shared;
    await until(() => got.length === 1);
    assert.deepEqual(got, ['next']);
  });

  it('leaves, closes and comes back twice', async () => {
    const open = await accept();
    const { hub, heard } = await listener();
    await publishAll(hub, numbers(0, 2000));
    await until(() => heard.length === 2000);
    const { ws, peer } = await open();
    const first = hub.resume(ws, 'a', '0-0');
    assert.equal(hub.join(ws, 'a'), true);
    const second = hub.resume(ws, 'a', heard[1989].id);
    assert.equal((await first).joined, false);
    assert.equal((await second).joined, true);
    await peer.until(() => peer.frames().length === 10);
    assert.deepEqual(texts(peer), numbers(1990, 2000));
    assert.equal(hub.leave(ws, 'a'), true);
    assert.equal(hub.leave(ws, 'a'), false);

    const gone = await open();
    const coming = hub.resume(gone.ws, 'a', '0-0');
    gone.ws.terminate();
    assert.equal((await coming).joined, false);
    const other = await open();
    const closing = hub.resume(other.ws, 'a', '0-0');
    hub.close();
    assert.equal((await closing).joined, false);
    assert.equal((await hub.resume(other.ws, 'a')).joined, false);
  });

  it('names options that there are none of, and those that contradict it', () => {
    const { redis: server } = hubs;
    const create = (options) => () =>
      createHub({ redis: server.url, ...options });
    for (const [options, message] of [
      [{ history: { size: 1 } }, /history\.size is not an option/],
      [{ history: { count: 0 } }, /history\.count must be/],
      [{ history: { age: 'x' } }, /history\.age must be/],
      [{ history: { format: 1 } }, /history\.format must be a function/],
      [{ history: true, slow: 'skip' }, /can't be 'skip'/],
      [{ history: true, redis: undefined }, /needs options\.redis/]
    ]) {
      assert.throws(create(options), { name: 'TypeError', message });
    }
    const { hub } = hubs.open({ history: true });
    assert.throws(() => hub.publish('a', 'x', { slow: 'drop' }), {
      name: 'TypeError',
      message: /hub with history has no option "slow", it has binary/
    });
    assert.throws(() => hub.subscribe('a', () => {}, { from: 'x' }), {
      message: /has no option "from", it has after/
    });
    assert.throws(() => createHub().resume(), {
      name: 'TypeError',
      message: /needs createHub/
    });
  });

  it('frames as the app says', async () => {
    const open = await accept();
    const format = ({ data, id, isBinary, topic }) =>
      JSON.stringify({ topic, isBinary, text: `${data}`, id });
    const { hub } = await hubs.publisher({ history: { format } });
    const { ws, peer } = await open();
    hub.join(ws, 'a');
    hub.publish('a', 'x');
    await peer.until(() => peer.frames().length === 1);
    const { id, ...rest } = JSON.parse(peer.frames()[0][1]);
    assert.match(id, /^\d+-\d+$/);
    assert.deepEqual(rest, { topic: 'a', isBinary: false, text: 'x' });
  });

  it('loses nothing and repeats nothing while Redis is killed', async () => {
    const open = await accept();
    const one = await listener();
    const client = redis5.createClient({ url: redis.url });
    const two = await listener({ redis: client });
    const { ws, peer } = await open();
    two.hub.join(ws, 'a');
    // A process of its own publishes, as fast as it is taken, and goes on whatever becomes of Redis.
    const child = fork(PUBLISHER, [redis.url, '5000']);
    cleanups.push(() => child.kill('SIGKILL'));
    const done = once(child, 'message');
    for (let i = 0; i < 5000; i++) {
      one.hub.publish('a', `one ${i}`);
      if (i % 500 === 0) await quiet(1);
    }
    for (const count of [1000, 4000]) {
      await until(() => two.heard.length > count);
      await redis.kill();
      one.hub.publish('a', 'nobody is there');
      await quiet(3);
      await redis.start();
    }
    const [{ taken }] = await done;
    assert.equal(taken, 5000);
    const all = 10_000 + 2;
    await until(() => one.heard.length >= all && two.heard.length >= all);
    await peer.until(() => peer.frames().length >= all);
    await quiet();
    assert.deepEqual(one.heard, two.heard);
    assert.deepEqual(texts(peer), one.said());
    assert.deepEqual(
      received(peer).map(({ id }) => id),
      one.heard.map(({ id }) => id)
    );
    for (const name of ['one', 'child']) {
      assert.deepEqual(
        one
          .said()
          .filter((text) => text.startsWith(name))
          .map((text) => text.split(' ')[1]),
        numbers(0, 5000)
      );
    }
    assert.deepEqual([one.missed, two.missed], [[], []]);
    assert.match(two.lines.join('\n'), /messages wait until it is back/);

    // A client that was away all the while.
    const back = await open();
    const { missed, replayed } = await one.hub.resume(back.ws, 'a', '0-0');
    assert.deepEqual({ missed, replayed }, { missed: false, replayed: all });
    await back.peer.until(() => back.peer.frames().length >= all);
    assert.deepEqual(texts(back.peer), one.said());
  });

  it('tells of what Redis has lost', async () => {
    const { hub, heard, missed } = await listener();
    await publishAll(hub, numbers(0, 10));
    await until(() => heard.length === 10);
    const client = await hubs.client();
    await client.flushAll();
    // Nobody knows what was between these two.
    await hub.publish('a', 'after').shared;
    await until(() => heard.length === 11);
    assert.deepEqual(
      missed.map(({ topic }) => topic),
      ['a']
    );
    const back = await new Promise((resolve) => {
      hub.once('missed', resolve);
      hub.subscribe('a', () => {}, { after: heard[9].id });
    });
    assert.equal(back.topic, 'a');
  });

  it('refuses what is too much, and what Redis refuses', async () => {
    const { hub } = await hubs.publisher({ history });
    const client = await hubs.client();
    assert.deepEqual(
      await fates([
        hub.publish('a', Buffer.alloc(16 * 1024 * 1024)).shared,
        hub.publish('a', 'fits').shared
      ]),
      ['ERR_MESSAGE_TOO_LONG', 'taken']
    );
    await client.set('framewright:{b}', 'no stream');
    assert.deepEqual(await fates([hub.publish('b', 'x').shared]), [
      'ERR_REDIS_REFUSED'
    ]);
    const promise = hub.publish('a', 'too late').shared;
    hub.close();
    assert.deepEqual(await fates([promise, hub.publish('a', 'x').shared]), [
      'ERR_HUB_CLOSED',
      'ERR_HUB_CLOSED'
    ]);
  });
});
