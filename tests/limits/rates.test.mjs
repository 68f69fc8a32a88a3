// framewright/limits: how much a connection may send, and what becomes of more.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';

import framewright from 'framewright';
import { limits } from 'framewright/limits';

import { loadCopy, NEWEST } from '../lib/ws-copies.mjs';
import { Clock, open, until } from './kit.mjs';

/** A connection whose server's end is limited, and what got through. */
async function limit(t, ws, options, serverOptions) {
  const clock = new Clock();
  const server = await open(t, ws, serverOptions);
  const got = [];
  const told = [];
  server.wss.on('connection', (end) => {
    end.on('message', (data) => got.push(String(data)));
  });
  const limited = limits(server.wss, {
    ...options,
    clock,
    onLimit: ({ action, limit }) => told.push(`${limit} ${action}`)
  });
  const client = await server.connect();
  await until(() => server.ends.length === 1);
  return { client, clock, end: server.ends[0], got, limited, server, told };
}

function send(client, from, to) {
  for (let i = from; i < to; i++) client.send(`${i}`);
}

const numbers = (from, to) =>
  Array.from({ length: to - from }, (_, i) => `${from + i}`);

for (const [title, ws] of [
  ['ws accelerated', framewright],
  [`ws ${NEWEST}`, loadCopy(NEWEST).WebSocket],
  ['ws 8.5', loadCopy('8.5').WebSocket]
]) {
  describe(title, { timeout: 60_000 }, () => {
    it('closes with 1008, and delivers nothing after that', async (t) => {
      const scene = await limit(t, ws, { messages: { perSecond: 10 } });
      send(scene.client, 0, 50);
      const [code, reason] = await once(scene.client, 'close');
      assert.equal(code, 1008);
      assert.equal(String(reason), 'Too many messages');
      assert.deepEqual(scene.got, numbers(0, 10));
      assert.deepEqual(scene.told, ['messages close']);
    });

    it('terminates a connection that sends too much', async (t) => {
      const scene = await limit(t, ws, {
        messages: { perSecond: 2, burst: 5, over: 'drop' }
      });
      send(scene.client, 0, 50);
      const [code] = await once(scene.client, 'close');
      assert.equal(code, 1006);
      assert.deepEqual(scene.got, numbers(0, 5));
      assert.deepEqual(scene.told, ['messages drop']);
    });

    it('skips, and takes what comes later', async (t) => {
      const scene = await limit(t, ws, {
        messages: { perSecond: 10, burst: 3, over: 'skip' }
      });
      send(scene.client, 0, 8);
      await until(() => scene.told.length === 5);
      assert.deepEqual(scene.got, numbers(0, 3));
      scene.clock.pass(200);
      send(scene.client, 8, 12);
      await until(() => scene.told.length === 7);
      assert.deepEqual(scene.got, [...numbers(0, 3), '8', '9']);
      assert.equal(scene.limited.counts.skip, 7);
      // A bucket never holds more than a burst.
      scene.clock.pass(3_600_000);
      send(scene.client, 12, 20);
      await until(() => scene.told.length === 12);
      assert.deepEqual(scene.got.slice(5), ['12', '13', '14']);
    });

    it('pauses until the rate allows what was sent', async (t) => {
      const scene = await limit(t, ws, {
        bytes: { perSecond: 1000, over: 'pause' }
      });
      const { client, clock, end } = scene;
      client.send('x'.repeat(600));
      client.send('x'.repeat(2400));
      await until(() => end._socket.isPaused());
      assert.equal(scene.got.length, 2);
      assert.deepEqual(scene.told, ['bytes pause']);
      client.send('later');
      clock.pass(1999);
      assert.ok(end._socket.isPaused());
      assert.equal(clock.size, 1);
      clock.pass(1);
      await until(() => scene.got.length === 3);
      assert.equal(scene.got[2], 'later');
    });

    it('counts pings, though they are answered', async (t) => {
      const scene = await limit(t, ws, { messages: { perSecond: 5 } });
      for (let i = 0; i < 20; i++) scene.client.ping();
      const [code] = await once(scene.client, 'close');
      assert.equal(code, 1008);
    });

    for (const binaryType of ['nodebuffer', 'arraybuffer', 'fragments']) {
      it(`counts bytes of ${binaryType}, inflated`, async (t) => {
        const scene = await limit(
          t,
          ws,
          { bytes: { perSecond: 10_000, over: 'skip' } },
          { perMessageDeflate: { threshold: 0 } }
        );
        scene.end.binaryType = binaryType;
        for (let i = 0; i < 3; i++) scene.client.send(Buffer.alloc(4000));
        await until(() => scene.told.length === 1);
        assert.equal(scene.got.length, 2);
      });
    }
  });
}

describe('a paused connection', { timeout: 60_000 }, () => {
  const options = { messages: { perSecond: 10, burst: 1, over: 'pause' } };

  async function indebted(t) {
    const scene = await limit(t, framewright, options);
    send(scene.client, 0, 3);
    await until(() => scene.end.isPaused);
    assert.equal(scene.clock.size, 1);
    return scene;
  }

  it('stays paused if the app wants it so', async (t) => {
    const { clock, end } = await indebted(t);
    end.pause();
    clock.pass(1000);
    assert.ok(end.isPaused);
    end.resume();
    assert.ok(!end.isPaused);
  });

  it('stays paused even if the app resumes it', async (t) => {
    const { clock, end } = await indebted(t);
    end.resume();
    assert.ok(end.isPaused);
    clock.pass(1000);
    assert.ok(!end.isPaused);
  });

  it('goes on when the limits are lifted', async (t) => {
    const { client, clock, end, got, limited } = await indebted(t);
    limited.close();
    assert.ok(!end.isPaused);
    assert.equal(clock.size, 0);
    send(client, 3, 30);
    await until(() => got.length === 30);
  });

  it('leaves no timer when it is gone', async (t) => {
    const { clock, end, limited } = await indebted(t);
    end.terminate();
    await until(() => limited.connections === 0);
    assert.equal(clock.size, 0);
  });
});

it('a client’s end can be limited as well', { timeout: 60_000 }, async (t) => {
  const server = await open(t, framewright);
  const client = server.client();
  limits(client, { messages: { perSecond: 3 }, clock: new Clock() });
  const got = [];
  client.on('message', (data) => got.push(String(data)));
  await until(() => server.ends.length === 1);
  send(server.ends[0], 0, 10);
  const [code] = await once(server.ends[0], 'close');
  assert.equal(code, 1008);
  assert.deepEqual(got, numbers(0, 3));
});
