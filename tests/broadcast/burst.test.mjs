// What hub.publish() says of Redis, in bursts: each message reaches the other hub, in order, or its promise is
// rejected with the reason.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';

import { createHub } from 'framewright/broadcast';
import { createClient } from 'redis';

import { quiet } from '../semantics/support/scene.mjs';

import {
  RedisHubs,
  fates,
  shared,
  tally,
  until
} from './support/redis-hubs.mjs';
import { skip } from './support/redis-server.mjs';

const MIB = 1024 * 1024;
const COUNT_LIMIT = 256 * 1024;

/** How many messages the Redis client is given at a time. */
const WINDOW = 1024;

const numbers = (count) => Array.from({ length: count }, (_, i) => `${i}`);

/** Publishes messages in one tick, and returns the promises. */
const publishAll = (hub, messages) =>
  messages.map((message) => hub.publish('a', message).shared);

/** Lets all that Redis has taken from a publisher come to a listener. */
async function settle(hub, heard) {
  await hub.publish('a', 'end').shared;
  await until(() => heard.at(-1) === 'end');
  heard.pop();
}

/** How many messages were not shared, as the log has it. */
function loggedLosses(lines) {
  const line = lines.find((text) => text.includes('Redis is there')) ?? '';
  const [, stayed, unsure] =
    /reach all processes(?: \((?:(\d+) stayed in this one)?(?:, )?(?:(\d+) may have)?\))?$/.exec(
      line
    );
  return Number(stayed ?? 0) + Number(unsure ?? 0);
}

describe('A burst of hub.publish()', { skip, timeout: 240_000 }, () => {
  let hubs;

  before(async () => {
    hubs = await RedisHubs.start();
  });
  afterEach(() => hubs.closeAll());
  after(() => hubs.redis.end());

  for (const count of [1, 10_000, 100_000]) {
    it(`of ${count} in one tick reaches another hub, in order`, async () => {
      const { hub, lines } = await hubs.listener();
      const { heard } = await hubs.listener();
      const messages = numbers(count);
      const promises = publishAll(hub, messages);
      assert.deepEqual(tally(await fates(promises)), { taken: count });
      await settle(hub, heard);
      assert.deepEqual(heard, messages);
      assert.deepEqual(lines, []);
    });
  }

  it('keeps the order of each topic, and of text and binary', async () => {
    const { hub } = await hubs.publisher();
    const { hub: other, heard } = await hubs.listener();
    const heardB = [];
    other.subscribe('b', (data, isBinary) => {
      heardB.push(`${data} ${isBinary}`);
    });
    const promises = numbers(20_000).flatMap((number) => [
      hub.publish('a', number).shared,
      hub.publish('b', Buffer.from(number)).shared
    ]);
    await Promise.all(promises);
    await settle(hub, heard);
    assert.deepEqual(heard, numbers(20_000));
    assert.deepEqual(
      heardB,
      numbers(20_000).map((number) => `${number} true`)
    );
  });

  // The Redis client rejects what waits longer than its command timeout, 5 s by default: a hundredth of it here.
  it('survives a tick that takes longer than the command timeout', async (t) => {
    const { timeout } = AbortSignal;
    t.mock.method(AbortSignal, 'timeout', (ms) =>
      timeout.call(AbortSignal, ms / 100)
    );
    const { hub, lines } = await hubs.publisher();
    const { heard } = await hubs.listener();
    const promises = publishAll(hub, numbers(3000));
    const end = performance.now() + 100;
    while (performance.now() < end);
    assert.deepEqual(tally(await fates(promises)), { taken: 3000 });
    await settle(hub, heard);
    assert.deepEqual(heard, numbers(3000));
    assert.deepEqual(lines, []);
  });

  it('ignores the limits of the Redis client in the options', async () => {
    const redis = createClient({
      url: hubs.redis.url,
      commandsQueueMaxLength: 10,
      commandOptions: { timeout: 1 }
    });
    const { hub, lines } = await hubs.publisher({ redis });
    const { heard } = await hubs.listener();
    for (const number of numbers(100)) hub.subscribe(number, () => {});
    const promises = publishAll(hub, numbers(3000));
    assert.deepEqual(tally(await fates(promises)), { taken: 3000 });
    await settle(hub, heard);
    assert.deepEqual(heard, numbers(3000));
    assert.deepEqual(lines, []);
  });

  it('is refused where too many bytes wait, and told', async () => {
    const { hub, lines } = await hubs.publisher();
    const { heard } = await hubs.listener();
    const messages = numbers(100).map((number) => number.padEnd(MIB, '.'));
    const promises = publishAll(hub, messages);
    const all = await fates(promises);
    assert.deepEqual(tally(all), { taken: 15, ERR_REDIS_BACKLOG: 85 });
    await settle(hub, heard);
    assert.deepEqual(
      heard,
      messages.filter((_, i) => all[i] === 'taken')
    );
    assert.equal(
      lines[0],
      'warn framewright hub: messages stay in this process: Redis does not keep up'
    );
    hub.close();
    assert.match(lines.at(-1), /\(\d+ such since this was last logged\)$/);
  });

  it('is refused where too many messages wait, and told', async () => {
    const { hub } = await hubs.publisher();
    const { heard } = await hubs.listener();
    const promises = publishAll(hub, numbers(COUNT_LIMIT + 1000));
    assert.deepEqual(tally(await fates(promises)), {
      taken: COUNT_LIMIT,
      ERR_REDIS_BACKLOG: 1000
    });
    await settle(hub, heard);
    assert.deepEqual(heard, numbers(COUNT_LIMIT));
  });

  it('shares any number of messages where the publisher waits', async () => {
    const { hub, lines } = await hubs.publisher();
    const { heard } = await hubs.listener();
    const messages = numbers(60).map((number) => number.padEnd(MIB, '.'));
    while (messages.length > 0) {
      await Promise.all(publishAll(hub, messages.splice(0, 15)));
    }
    await settle(hub, heard);
    assert.equal(heard.length, 60);
    assert.deepEqual(lines, []);
  });

  it('tells of a message that is too long for Redis', async () => {
    const { hub } = await hubs.publisher();
    const { heard } = await hubs.listener();
    const published = hub.publish('a', Buffer.alloc(16 * MIB));
    await assert.rejects(published.shared, {
      code: 'ERR_MESSAGE_TOO_LONG',
      message: /more than 16777216 bytes/
    });
    await settle(hub, heard);
    assert.deepEqual(heard, []);
  });

  it('reports each message that was lost when the connection breaks', async () => {
    const redis = createClient({ url: hubs.redis.url, name: 'publisher' });
    const { hub, lines } = await hubs.publisher({ redis });
    const { heard } = await hubs.listener();
    const client = await hubs.client();
    const { id } = (await client.clientList()).find(
      ({ name }) => name === 'publisher'
    );
    const count = 100_000;
    const promises = publishAll(hub, numbers(count));
    await promises[0];
    await client.sendCommand(['CLIENT', 'KILL', 'ID', `${id}`]);
    const all = await fates(promises);
    await shared(hub);
    await settle(hub, heard);

    const {
      taken,
      ERR_REDIS_AWAY: away,
      ERR_REDIS_LOST: lost = 0,
      ...rest
    } = tally(all);
    assert.deepEqual(rest, {});
    assert.equal(taken + away + lost, count);
    assert.ok(taken > 0 && away > 0);
    assert.ok(lost <= WINDOW);
    // In order, none twice; what was taken has come, what was given up hasn't.
    const came = new Set(heard);
    assert.equal(came.size, heard.length);
    assert.deepEqual(
      heard,
      [...heard].sort((a, b) => a - b)
    );
    for (const [i, fate] of all.entries()) {
      if (fate === 'taken') assert.ok(came.has(`${i}`), `${i} was taken`);
      if (fate === 'ERR_REDIS_AWAY') assert.ok(!came.has(`${i}`));
    }
    assert.equal(loggedLosses(lines), away + lost);
  });

  it('reports each message that was lost when Redis is shut down', async () => {
    const { hub } = await hubs.publisher();
    const { hub: other, heard } = await hubs.listener();
    const count = 100_000;
    const promises = publishAll(hub, numbers(count));
    await promises[0];
    await hubs.redis.kill('SIGTERM');
    const all = await fates(promises);
    await hubs.redis.start();
    await shared(hub, other);
    await quiet();

    const {
      taken,
      ERR_REDIS_AWAY: away = 0,
      ERR_REDIS_LOST: lost = 0
    } = tally(all);
    assert.equal(taken + away + lost, count);
    assert.ok(taken > 0);
    const came = new Set(heard);
    assert.equal(came.size, heard.length);
    for (const [i, fate] of all.entries()) {
      if (fate === 'taken') assert.ok(came.has(`${i}`), `${i} was taken`);
      if (fate === 'ERR_REDIS_AWAY') assert.ok(!came.has(`${i}`));
    }
  });

  it('reports the whole burst as lost when Redis is killed before it reads', async () => {
    const { hub, lines } = await hubs.publisher();
    const { hub: other, heard } = await hubs.listener();
    await hubs.redis.kill('SIGSTOP');
    const promises = publishAll(hub, numbers(100_000));
    await quiet();
    await hubs.redis.kill();
    const all = await fates(promises);
    assert.deepEqual(tally(all), {
      ERR_REDIS_LOST: WINDOW,
      ERR_REDIS_AWAY: 100_000 - WINDOW
    });
    await assert.rejects(promises[0], {
      message: /^Redis is gone \(.+\): the message may not have reached other/
    });
    await assert.rejects(promises.at(-1), {
      message: /^Redis is not there \(.+\): the message reached only this/
    });
    await hubs.redis.start();
    await shared(hub, other);
    assert.equal(loggedLosses(lines), 100_000);
    const again = publishAll(hub, numbers(10_000));
    assert.deepEqual(tally(await fates(again)), { taken: 10_000 });
    await settle(hub, heard);
    assert.deepEqual(heard, numbers(10_000));
  });
});

describe('What hub.publish() returns', { skip, timeout: 120_000 }, () => {
  let hubs;

  before(async () => {
    hubs = await RedisHubs.start();
  });
  afterEach(() => hubs.closeAll());
  after(() => hubs.redis.end());

  const NONE = { sent: 0, skipped: 0, dropped: 0, closed: 0 };

  it('is the counts as before, and a promise that is not enumerable', async () => {
    const { hub } = await hubs.publisher();
    for (const each of [hub, createHub()]) {
      const published = each.publish('a', 'x');
      assert.deepEqual(published, NONE);
      assert.equal(JSON.stringify(published), JSON.stringify(NONE));
      assert.equal(await published.shared, undefined);
    }
  });

  it('tells that Redis is not there yet', async () => {
    const { hub, lines } = hubs.open();
    const published = hub.publish('a', 'x');
    hub.publish('a', 'y');
    await assert.rejects(published.shared, {
      code: 'ERR_REDIS_AWAY',
      message: /not connected yet/
    });
    await shared(hub);
    assert.deepEqual(lines, [
      'info framewright hub: Redis is there; messages reach all processes (2 stayed in this one)'
    ]);
    await hub.publish('a', 'z').shared;
  });

  it('tells that Redis is away, without an unhandled rejection', async (t) => {
    const unhandled = t.mock.fn();
    process.on('unhandledRejection', unhandled);
    t.after(() => process.off('unhandledRejection', unhandled));
    const { hub, lines } = await hubs.publisher();
    // Waiting, on their way and refused, and nobody looks.
    await hubs.redis.kill('SIGSTOP');
    for (let i = 0; i < 5000; i++) hub.publish('a', 'x');
    await quiet();
    await hubs.redis.kill();
    await until(() => !hub.isShared);
    for (let i = 0; i < 1000; i++) hub.publish('a', 'x');
    await quiet();
    await assert.rejects(hub.publish('a', 'y').shared, {
      code: 'ERR_REDIS_AWAY'
    });
    assert.equal(lines.length, 1);
    await hubs.redis.start();
    await shared(hub);
    assert.equal(loggedLosses(lines), 6001);
    assert.equal(unhandled.mock.callCount(), 0);
  });

  it('tells what Redis says against it', async () => {
    const client = await hubs.client();
    await client.sendCommand(
      'ACL SETUSER reader on >secret +@all resetchannels &framewright:b'.split(
        ' '
      )
    );
    const { hub, lines } = await hubs.publisher({
      redis: hubs.redis.url.replace('//', '//reader:secret@')
    });
    const promises = publishAll(hub, numbers(3000));
    assert.deepEqual(tally(await fates(promises)), {
      ERR_REDIS_REFUSED: 3000
    });
    await assert.rejects(promises[0], (err) => {
      assert.match(err.cause.message, /^NOPERM/);
      assert.ok(err.message.includes(err.cause.message));
      return true;
    });
    await hub.publish('b', 'x').shared;
    assert.ok(lines.length < 5, lines.join('\n'));
    assert.match(lines[0], /messages stay in this process: NOPERM/);
  });

  it('tells what is given up by close(), and after it', async () => {
    const { hub, lines } = await hubs.publisher();
    await hubs.redis.kill('SIGSTOP');
    const promises = publishAll(hub, numbers(3000));
    await quiet();
    hub.close();
    hub.close();
    await hubs.redis.kill('SIGCONT');
    promises.push(hub.publish('a', 'x').shared);
    assert.deepEqual(tally(await fates(promises)), { ERR_HUB_CLOSED: 3001 });
    assert.deepEqual(lines, [
      'warn framewright hub: the hub is closed before Redis has taken what was published; messages that may not have reached other processes: 3000',
      'warn framewright hub: messages stay in this process: the hub is closed'
    ]);
  });

  // The Redis client's own strategy never connects again after that.
  it('is shared again after a socket timeout', async (t) => {
    const { setTimeout: original } = net.Socket.prototype;
    t.mock.method(net.Socket.prototype, 'setTimeout', function (ms, cb) {
      return original.call(this, ms === 30_000 ? 50 : ms, cb);
    });
    const { hub, lines } = await hubs.publisher();
    await once(hub, 'local');
    assert.match(lines[0], /Redis is gone \(.*timeout/i);
    t.mock.restoreAll();
    await shared(hub);
    await hub.publish('a', 'x').shared;
  });
});
