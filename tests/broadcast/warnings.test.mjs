// The hub's log where something goes wrong with every message: a bounded number of lines, and none is left uncounted.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import timers from 'node:timers';
import { after, afterEach, before, describe, it } from 'node:test';

import { RedisHubs, until } from './support/redis-hubs.mjs';
import { skip } from './support/redis-server.mjs';

const require = createRequire(import.meta.url);
const FILE = require.resolve('../../npm/framewright/lib/hub/warnings.js');

/** The class, loaded where timers are run by hand: those that are set, in order. */
function load(t) {
  const set = [];
  const { setTimeout, clearTimeout } = timers;
  t.after(() => delete require.cache[FILE]);
  delete require.cache[FILE];
  timers.setTimeout = (callback, ms) => {
    const timer = { callback, ms, isRefed: true };
    timer.unref = () => (timer.isRefed = false);
    set.push(timer);
    return timer;
  };
  timers.clearTimeout = (timer) => set.splice(set.indexOf(timer), 1);
  try {
    return { Warnings: require(FILE), set, fire: () => set.shift().callback() };
  } finally {
    Object.assign(timers, { setTimeout, clearTimeout });
  }
}

describe('Warnings', () => {
  const add = (warnings, kind, count, from = 0) => {
    for (let i = from; i < from + count; i++) {
      warnings.add(kind, `${kind} ${i}`);
    }
  };

  it('logs the first at once, and a count after a time', (t) => {
    const { Warnings, set, fire } = load(t);
    const lines = [];
    const warnings = new Warnings((line) => lines.push(line));
    add(warnings, 'publish', 1000);
    assert.deepEqual(lines.splice(0), ['publish 0']);
    assert.equal(set.length, 1);
    assert.equal(set[0].ms, 5000);
    assert.equal(set[0].isRefed, false);

    // Then one line a time, as long as there are any.
    for (let round = 0; round < 3; round++) {
      fire();
      assert.deepEqual(lines.splice(0), [
        `publish 999 (${round === 0 ? 999 : 1000} such since this was last logged)`
      ]);
      add(warnings, 'publish', 1000);
      assert.deepEqual(lines, []);
    }

    fire();
    assert.equal(lines.splice(0).length, 1);
    fire();
    assert.deepEqual(lines, []);
    assert.deepEqual(set, []);
    add(warnings, 'publish', 2);
    assert.deepEqual(lines, ['publish 0']);
  });

  it('logs a few of those that may each be different', (t) => {
    const { Warnings, fire } = load(t);
    const lines = [];
    const warnings = new Warnings((line) => lines.push(line));
    add(warnings, 'malformed', 7);
    assert.deepEqual(
      lines.splice(0),
      [0, 1, 2, 3, 4].map((i) => `malformed ${i}`)
    );
    fire();
    add(warnings, 'malformed', 7);
    assert.deepEqual(lines, [
      'malformed 6 (2 such since this was last logged)'
    ]);
  });

  it('keeps the kinds apart', (t) => {
    const { Warnings, set } = load(t);
    const lines = [];
    const warnings = new Warnings((line) => lines.push(line));
    add(warnings, 'publish', 3);
    add(warnings, 'client', 1);
    assert.deepEqual(lines, ['publish 0', 'client 0']);
    warnings.flush();
    assert.deepEqual(lines.slice(2), [
      'publish 2 (2 such since this was last logged)'
    ]);
    assert.deepEqual(set, []);
  });

  it('uses the real timers where a test has replaced them', (t) => {
    const { Warnings, set, fire } = load(t);
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const lines = [];
    const warnings = new Warnings((line) => lines.push(line));
    add(warnings, 'publish', 3);
    assert.equal(set.length, 1);
    fire();
    assert.equal(lines.length, 2);
  });
});

describe('A flood of what is no message', { skip, timeout: 60_000 }, () => {
  let hubs;

  before(async () => {
    hubs = await RedisHubs.start();
  });
  afterEach(() => hubs.closeAll());
  after(() => hubs.redis.end());

  it('is logged in a few lines, with the number of all', async () => {
    const count = 10_000;
    const { hub, lines, heard } = await hubs.listener();
    const client = await hubs.client();
    const { hub: other } = await hubs.publisher();
    await Promise.all(
      Array.from({ length: count }, (_, i) =>
        client.publish('framewright:a', `not an envelope ${i}`)
      )
    );
    await other.publish('a', 'x').shared;
    await until(() => heard.length > 0);
    hub.close();
    assert.deepEqual(heard, ['x']);
    assert.ok(lines.length < 12, lines.join('\n'));
    let logged = 0;
    for (const line of lines) {
      const [, such = 1] =
        /^warn framewright hub: a message on a is left out: it is not an envelope of this version(?: \((\d+) such since this was last logged\))?$/.exec(
          line
        );
      logged += Number(such);
    }
    assert.equal(logged, count);
  });

  it('leaves the hub as it was where the logger throws', async () => {
    const { hub, heard } = await hubs.listener();
    hub.logger = {
      warn() {
        throw new Error('no log');
      }
    };
    const thrown = new Promise((resolve) => {
      process.setUncaughtExceptionCaptureCallback(resolve);
    });
    const client = await hubs.client();
    const right = Buffer.concat([Buffer.of(1), Buffer.alloc(16, 1)]);
    // In one go, so that they come in one chunk.
    await Promise.all([
      client.publish('framewright:a', 'not an envelope'),
      client.publish('framewright:a', Buffer.concat([right, Buffer.from('x')]))
    ]);
    assert.equal((await thrown).message, 'no log');
    process.setUncaughtExceptionCaptureCallback(null);
    await hub.publish('a', 'own').shared;
    assert.deepEqual(heard.toSorted(), ['own', 'x']);
    assert.ok(hub.isShared);
  });
});
