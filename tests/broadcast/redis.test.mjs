// The hub on Redis: several hubs, as of several processes, on one real server that comes and goes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';

import { createHub } from 'framewright/broadcast';
import { createClient } from 'redis';

import { loadAccelerated } from '../lib/ws-copies.mjs';
import { Scene, quiet } from '../semantics/support/scene.mjs';

import { RedisServer, skip } from './support/redis-server.mjs';

describe('The hub on Redis', { skip, timeout: 120_000 }, () => {
  let redis;
  let cleanups = [];

  before(async () => {
    redis = await RedisServer.create();
    await redis.start();
  });
  afterEach(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
    cleanups = [];
  });
  after(() => redis.end());

  /** A hub that keeps what it logs and what listeners hear. */
  function openHub(options = {}) {
    const lines = [];
    const logger = {
      info: (text) => lines.push(`info ${text}`),
      warn: (text) => lines.push(`warn ${text}`)
    };
    const hub = createHub({ redis: redis.url, logger, ...options });
    cleanups.push(() => hub.close());
    const heard = [];
    const listen = (topic) =>
      hub.subscribe(topic, (data, isBinary) => {
        heard.push([topic, isBinary ? data.length : `${data}`]);
      });
    return { hub, lines, heard, listen };
  }

  const shared = async ({ hub }) => {
    if (!hub.isShared) await once(hub, 'shared');
  };

  async function openShared(count, options) {
    const hubs = Array.from({ length: count }, () => openHub(options));
    for (const { listen } of hubs) listen('a');
    await Promise.all(hubs.map(shared));
    return hubs;
  }

  /** Waits until something is so. */
  async function until(condition) {
    while (!condition()) await quiet(1);
  }

  it('reaches the connections of all, each message once', async () => {
    const scene = new Scene(loadAccelerated('8.23'));
    cleanups.push(() => scene.end());
    const hubs = await openShared(3);
    const pairs = await Promise.all(hubs.map(() => scene.accept()));
    for (const [i, { hub }] of hubs.entries()) hub.join(pairs[i].ws, 'a');

    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    assert.equal(hubs[0].hub.publish('a', 'é€😀\0\r\n').sent, 1);
    hubs[0].hub.publish('a', bytes);
    hubs[0].hub.publish('a', '');
    hubs[0].hub.publish('a', Buffer.alloc(0));
    hubs[0].hub.publish('a', Buffer.alloc(300_000, 'l'));
    for (const { peer } of pairs) {
      await peer.until(() => peer.bytes().length > 300_000);
      await quiet();
      assert.deepEqual(peer.frames(), [
        [0x81, Buffer.from('é€😀\0\r\n')],
        [0x82, bytes],
        [0x81, Buffer.alloc(0)],
        [0x82, Buffer.alloc(0)],
        [0x82, Buffer.alloc(300_000, 'l')]
      ]);
    }
  });

  it('keeps the order of each publisher', async () => {
    const [one, two] = await openShared(2);
    for (let i = 0; i < 500; i++) {
      one.hub.publish('a', `1 ${i}`);
      two.hub.publish('a', `2 ${i}`);
    }
    for (const { heard } of [one, two]) {
      await until(() => heard.length >= 1000);
      await quiet();
      for (const publisher of ['1', '2']) {
        assert.deepEqual(
          heard
            .map(([, text]) => text.split(' '))
            .filter(([name]) => name === publisher)
            .map(([, number]) => Number(number)),
          Array.from({ length: 500 }, (_, i) => i)
        );
      }
    }
  });

  it('subscribes only to what somebody wants', async () => {
    const scene = new Scene(loadAccelerated('8.23'));
    cleanups.push(() => scene.end());
    const client = await createClient({ url: redis.url }).connect();
    cleanups.push(() => client.close());
    const channels = async (expected) => {
      for (;;) {
        const names = await client.pubSubChannels('only:*');
        if (names.sort().join() === expected.join()) return;
        await quiet(1);
      }
    };
    const { hub } = openHub({ prefix: 'only:' });
    await shared({ hub });
    await channels([]);
    const { ws } = await scene.accept();
    hub.join(ws, 'x');
    const ends = [hub.subscribe('y', () => {}), hub.subscribe('x', () => {})];
    await channels(['only:x', 'only:y']);
    for (const end of ends) end();
    await channels(['only:x']);
    // In one go, back and forth.
    for (let i = 0; i < 5; i++) {
      hub.leave(ws, 'x');
      hub.join(ws, 'x');
      hub.subscribe('z', () => {})();
    }
    await channels(['only:x']);
    ws.terminate();
    await channels([]);
  });

  it('delivers here while Redis is gone, and heals', async () => {
    const [one, two] = await openShared(2);
    assert.deepEqual(one.lines, []);

    await redis.kill();
    await until(() => !one.hub.isShared && !two.hub.isShared);
    one.hub.publish('a', 'here only');
    two.listen('b');
    const endC = one.listen('c');
    one.listen('d');
    endC();
    await quiet(50);
    assert.deepEqual(one.heard, [['a', 'here only']]);
    assert.deepEqual(two.heard, []);
    for (const { lines } of [one, two]) {
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(
        lines[0],
        /^warn framewright hub: Redis is gone \(.+\); messages reach only this process until it is back$/
      );
    }

    await redis.start();
    await Promise.all([shared(one), shared(two)]);
    assert.match(one.lines[1], /^info framewright hub: Redis is there/);
    two.hub.publish('a', 'both');
    one.hub.publish('b', 'wanted meanwhile');
    two.hub.publish('c', 'not wanted any more');
    two.hub.publish('d', 'still wanted');
    await until(() => one.heard.length >= 3 && two.heard.length >= 2);
    await quiet();
    assert.deepEqual(one.heard.slice(1), [
      ['a', 'both'],
      ['d', 'still wanted']
    ]);
    assert.deepEqual(two.heard, [
      ['a', 'both'],
      ['b', 'wanted meanwhile']
    ]);
    assert.equal(one.lines.length, 2);
  });

  it('goes on through any number of deaths, in the midst of messages', async () => {
    const [one, two] = await openShared(2);
    let count = 0;
    const timer = setInterval(() => {
      for (let i = 0; i < 20; i++) one.hub.publish('a', `${count++}`);
    }, 1);
    for (let i = 0; i < 4; i++) {
      await quiet(5);
      await redis.kill();
      await until(() => !one.hub.isShared && !two.hub.isShared);
      await redis.start();
      await Promise.all([shared(one), shared(two)]);
    }
    await quiet(5);
    clearInterval(timer);
    one.hub.publish('a', 'end');
    await until(() => two.heard.at(-1)?.[1] === 'end');

    // Here all, there some, in order and none twice.
    assert.equal(one.heard.length, count + 1);
    const numbers = two.heard.slice(0, -1).map(([, text]) => Number(text));
    assert.ok(numbers.length > 0);
    for (let i = 1; i < numbers.length; i++) {
      assert.ok(numbers[i] > numbers[i - 1]);
    }
  });

  it('works without Redis from the start, and takes it when it comes', async () => {
    const late = await RedisServer.create();
    cleanups.push(() => late.end());
    const one = openHub({ redis: late.url });
    const two = openHub({ redis: late.url });
    for (const { listen } of [one, two]) listen('a');
    one.hub.publish('a', 'at once');
    await until(() => one.lines.length > 0);
    assert.match(one.lines[0], /Redis is gone \(.*ECONNREFUSED/);
    await late.start();
    await Promise.all([shared(one), shared(two)]);
    one.hub.publish('a', 'both');
    await until(() => two.heard.length > 0);
    assert.deepEqual(one.heard, [
      ['a', 'at once'],
      ['a', 'both']
    ]);
    assert.deepEqual(two.heard, [['a', 'both']]);
  });

  it('does not wait for a Redis that hangs', async () => {
    const [one, two] = await openShared(2);
    await redis.kill('SIGSTOP');
    const message = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 40; i++) one.hub.publish('a', message);
    assert.equal(one.heard.length, 40);
    // Not all is held for it.
    assert.deepEqual(one.lines, [
      'warn framewright hub: messages stay in this process: Redis does not keep up'
    ]);
    await redis.kill('SIGCONT');
    await until(() => two.heard.length >= 15);
    await quiet(20);
    assert.equal(two.heard.length, 15);
    one.hub.publish('a', 'again');
    await until(() => two.heard.length > 15);
  });

  it('ignores foreign messages in its channels', async () => {
    const [one] = await openShared(1);
    const client = await createClient({ url: redis.url }).connect();
    cleanups.push(() => client.close());
    const origin = Buffer.alloc(16);
    const wrong = [
      Buffer.alloc(0),
      Buffer.from('hello'),
      Buffer.concat([Buffer.from([3]), origin, Buffer.from('x')]),
      Buffer.concat([Buffer.from([1]), origin, Buffer.from([0xff])])
    ];
    for (const bytes of wrong) await client.publish('framewright:a', bytes);
    const right = Buffer.concat([Buffer.from([1]), origin, Buffer.from('x')]);
    await client.publish('framewright:a', right);
    await until(() => one.heard.length > 0);
    assert.deepEqual(one.heard, [['a', 'x']]);
    assert.equal(one.lines.length, wrong.length);
    for (const line of one.lines) {
      assert.match(line, /^warn framewright hub: a message on a is left out: /);
    }
  });

  it('survives a listener that throws', async () => {
    const [one, two] = await openShared(2);
    const end = two.hub.subscribe('a', () => {
      throw new Error('mine');
    });
    const thrown = new Promise((resolve) => {
      process.setUncaughtExceptionCaptureCallback(resolve);
    });
    one.hub.publish('a', 'x');
    assert.equal((await thrown).message, 'mine');
    process.setUncaughtExceptionCaptureCallback(null);
    end();
    one.hub.publish('a', 'y');
    await until(() => two.heard.length >= 2);
    assert.ok(two.hub.isShared);
  });

  it('takes a client, and leaves it alone', async () => {
    const client = createClient({ url: redis.url });
    client.on('error', () => {});
    const one = openHub({ redis: client });
    const [two] = await openShared(1);
    await shared(one);
    one.listen('a');
    assert.equal(client.isOpen, false);
    two.hub.publish('a', 'x');
    await until(() => one.heard.length > 0);
  });

  it('lets the process end once it is closed', () => {
    const script = `
      const { createHub } = require('framewright/broadcast');
      const hubs = ['${redis.url}', 'redis://127.0.0.1:1'].map((redis) =>
        createHub({ redis, logger: { info() {}, warn() {} } }));
      createHub({ redis: '${redis.url}' }).close();
      hubs[0].subscribe('a', () => {});
      hubs[0].once('shared', () => hubs.forEach((hub) => hub.close()));`;
    execFileSync(process.execPath, ['-e', script], {
      cwd: import.meta.dirname,
      timeout: 20_000
    });
  });
});

describe('The hub without the redis package', () => {
  it('says what to install', () => {
    const script = `
      const Module = require('module');
      const { _resolveFilename } = Module;
      Module._resolveFilename = (name, ...rest) =>
        _resolveFilename(name === 'redis' ? 'redis-is-not-here' : name, ...rest);
      const { createHub } = require('framewright/broadcast');
      createHub().close();
      try {
        createHub({ redis: 'redis://127.0.0.1' });
      } catch (err) {
        console.log(err.message);
      }`;
    const output = execFileSync(process.execPath, ['-e', script], {
      cwd: import.meta.dirname,
      encoding: 'utf8'
    });
    assert.equal(
      output.trim(),
      'A hub on Redis needs the npm package redis, version 6: npm install redis'
    );
  });
});
