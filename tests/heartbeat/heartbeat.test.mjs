// framewright/heartbeat: who is pinged and when, who counts as dead, and who never does.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, it } from 'node:test';

import framewright from 'framewright';
import { heartbeat } from 'framewright/heartbeat';

import { loadCopy, NEWEST } from '../lib/ws-copies.mjs';
import { INTERVAL, Scene, TICK, TIMEOUT, until } from './scene.mjs';
import { startSilentProxy } from './silent-proxy.mjs';

for (const [title, ws] of [
  ['ws accelerated', framewright],
  [`ws ${NEWEST}`, loadCopy(NEWEST).WebSocket],
  ['ws 8.5', loadCopy('8.5').WebSocket]
]) {
  describe(title, { timeout: 120_000 }, () => {
    it('terminates connections whose cable was pulled, and no others', async (t) => {
      const scene = await Scene.start(t, ws);
      const proxy = await startSilentProxy(scene.port);
      t.after(() => proxy.close());
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      for (const name of names) await scene.connect(name, proxy);
      const beat = scene.beat();
      assert.equal(beat.size, 6);
      await scene.pass(INTERVAL);
      assert.ok(names.every((name) => scene.pings[name] === 1));

      proxy.silence(1);
      proxy.silence(4);
      const closed = ['b', 'e'].map((name) => once(scene.ends[name], 'close'));
      const before = { ...scene.pings };
      await scene.pass(TIMEOUT - TICK, ['b', 'e']);
      assert.deepEqual(scene.dead, []);
      await scene.pass(INTERVAL + 3 * TICK, ['b', 'e']);
      assert.deepEqual(scene.dead.sort(), ['b', 'e']);
      for (const [code] of await Promise.all(closed)) assert.equal(code, 1006);
      assert.equal(scene.pings.b, before.b + 1);
      assert.equal(beat.size, 4);
      assert.equal(beat.counts.dead, 2);

      await scene.pass(10 * INTERVAL, ['b', 'e']);
      for (const name of ['a', 'c', 'd', 'f']) {
        assert.equal(scene.clients[name].readyState, ws.OPEN, name);
        assert.ok(Math.abs(scene.pings[name] - 12) <= 1, scene.pings[name]);
      }
    });

    it('does not ping who sends, even less than a frame', async (t) => {
      const scene = await Scene.start(t, ws);
      const talker = await scene.connect('talker');
      await scene.connect('quiet');
      const trickle = net.connect(scene.port, '127.0.0.1');
      t.after(() => trickle.destroy());
      trickle.write(
        'GET /trickle HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n' +
          'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
      );
      await until(() => scene.ends.trickle);
      // The beginning of a masked binary frame of 500 bytes.
      const long = Buffer.concat([
        Buffer.from([0x82, 0xfe, 500 >> 8, 500 & 255, 1, 2, 3, 4]),
        Buffer.alloc(500)
      ]);
      scene.beat();

      for (let i = 0; i < 40; i++) {
        const { bytesRead } = scene.ends.trickle._socket;
        const heard = once(scene.ends.talker, 'message');
        talker.send('still here');
        trickle.write(long.subarray(i, i + 1));
        await heard;
        await until(() => scene.ends.trickle._socket.bytesRead > bytesRead);
        await scene.pass(INTERVAL / 3);
      }
      // The first look may come before the first message.
      assert.ok(scene.pings.talker <= 1);
      assert.ok(scene.pings.trickle <= 1);
      assert.ok(scene.pings.quiet > 10);
      assert.deepEqual(scene.dead, []);
    });

    it('measures round trips', async (t) => {
      const scene = await Scene.start(t, ws);
      await scene.connect('a');
      const beat = scene.beat();
      assert.equal(beat.roundTrip(scene.ends.a), undefined);
      while (scene.pings.a === 0) scene.clock.step();
      scene.clock.time += 7;
      await until(() => scene.pongs.a === 1);
      assert.equal(beat.roundTrip(scene.ends.a), 7);
      assert.deepEqual(beat.counts, { dead: 0, pings: 1, pongs: 1 });

      // Pongs that answer no ping of ours.
      scene.clock.time += 50;
      scene.clients.a.pong('hello');
      scene.clients.a.pong();
      await until(() => scene.pongs.a === 3);
      assert.equal(beat.roundTrip(scene.ends.a), 7);
    });

    it('does not end connections that the app does not read', async (t) => {
      const scene = await Scene.start(t, ws);
      await scene.connect('a');
      scene.beat();
      scene.ends.a._socket.pause();
      await scene.pass(5 * INTERVAL);
      assert.equal(scene.pings.a, 0);
      // Paused while an answer is awaited.
      scene.ends.a._socket.resume();
      while (scene.pings.a === 0) scene.clock.step();
      scene.ends.a._socket.pause();
      await scene.pass(5 * INTERVAL, ['a']);
      assert.deepEqual(scene.dead, []);
      scene.ends.a._socket.resume();
      await scene.pass(2 * INTERVAL);
      assert.deepEqual(scene.dead, []);
    });

    it('tells slow readers from dead ones', async (t) => {
      const scene = await Scene.start(t, ws);
      const client = await scene.connect('slow');
      const end = scene.ends.slow;
      const message = Buffer.alloc(1 << 20);
      client._socket.pause();
      for (let i = 0; i < 64; i++) end.send(message);
      scene.beat();
      while (scene.pings.slow === 0) scene.clock.step();

      for (let i = 0; i < 8; i++) {
        const { writableLength } = end._socket;
        const { writeQueueSize } = end._socket._handle;
        client._socket.resume();
        await until(
          () =>
            end._socket.writableLength !== writableLength ||
            end._socket._handle.writeQueueSize !== writeQueueSize
        );
        client._socket.pause();
        await scene.pass(TIMEOUT, ['slow']);
        assert.deepEqual(scene.dead, []);
        if (end._socket.writableLength < 16 << 20) break;
      }
      assert.equal(scene.pings.slow, 1);

      // What the kernel had room for may still be on its way.
      await settled(() => end._socket._handle.writeQueueSize);
      await scene.pass(2 * TIMEOUT + 2 * TICK, ['slow']);
      assert.deepEqual(scene.dead, ['slow']);
    });

    it('watches a client from the moment it is open', async (t) => {
      const scene = await Scene.start(t, ws);
      const proxy = await startSilentProxy(scene.port);
      t.after(() => proxy.close());
      const client = new ws(`ws://127.0.0.1:${proxy.port}/client`);
      const closed = once(client, 'close');
      const dead = [];
      const beat = heartbeat(client, {
        interval: INTERVAL,
        timeout: TIMEOUT,
        clock: scene.clock,
        onDead: (end) => dead.push(end)
      });
      assert.equal(beat.size, 0);
      await once(client, 'open');
      assert.equal(beat.size, 1);
      const pinged = once(scene.server.clients.values().next().value, 'ping');
      while (beat.counts.pings === 0) scene.clock.step();
      await pinged;
      await until(() => beat.counts.pongs === 1);
      proxy.silence(0);
      while (dead.length === 0) scene.clock.step();
      assert.deepEqual(dead, [client]);
      await closed;
      assert.equal(scene.clock.size, 0);
    });
  });
}

describe('a heartbeat', { timeout: 60_000 }, () => {
  it('shares one timer, and has none while there are no connections', async (t) => {
    const scene = await Scene.start(t, framewright);
    const first = scene.beat();
    assert.equal(scene.clock.size, 0);
    await scene.connect('a');
    const second = scene.beat(scene.ends.a);
    const third = scene.beat(scene.ends.a, { timeout: TIMEOUT + 1 });
    assert.equal(scene.clock.size, 2);
    third.close();
    assert.equal(scene.clock.size, 1);
    first.close();
    second.close();
    assert.equal(scene.clock.size, 0);
    assert.equal(scene.clients.a.readyState, framewright.OPEN);
    // It takes no more.
    await scene.connect('b');
    assert.equal(first.size, 0);
    assert.equal(scene.clock.size, 0);
  });

  it('spreads the pings of those who came together', async (t) => {
    const scene = await Scene.start(t, framewright);
    const names = Array.from({ length: 64 }, (_, i) => `${i}`);
    await Promise.all(names.map((name) => scene.connect(name)));
    const beat = scene.beat();
    let most = 0;
    while (scene.clock.time < INTERVAL / 2) {
      const before = beat.counts.pings;
      scene.clock.step();
      most = Math.max(most, beat.counts.pings - before);
    }
    assert.equal(beat.counts.pings, 64);
    assert.equal(most, 1);
  });

  it('lets a server close that has dead peers', async (t) => {
    const scene = await Scene.start(t, framewright);
    const proxy = await startSilentProxy(scene.port);
    t.after(() => proxy.close());
    await scene.connect('a', proxy);
    scene.beat();
    proxy.silence(0);
    const closed = new Promise((resolve) => scene.server.close(resolve));
    await scene.pass(INTERVAL + TIMEOUT + 3 * TICK, ['a']);
    assert.deepEqual(scene.dead, ['a']);
    await closed;
    assert.equal(scene.clock.size, 0);
  });

  it('leaves a connection that is closing to ws', async (t) => {
    const scene = await Scene.start(t, framewright);
    const proxy = await startSilentProxy(scene.port);
    t.after(() => proxy.close());
    await scene.connect('a', proxy);
    scene.beat();
    proxy.silence(0);
    scene.ends.a.close(1001);
    await scene.pass(3 * INTERVAL, ['a']);
    assert.deepEqual([scene.pings.a, scene.dead], [0, []]);
  });

  it('uses the real timers where a test has replaced them', async (t) => {
    const scene = await Scene.start(t, framewright);
    const client = await scene.connect('a');
    t.mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'] });
    const beat = heartbeat(scene.server, { interval: 20, timeout: 60_000 });
    t.mock.timers.tick(3_600_000);
    assert.equal(beat.counts.pings, 0);
    await once(client, 'ping');
    t.mock.timers.reset();
    beat.close();
  });

  it('rejects unknown targets and options', () => {
    const server = new framewright.WebSocketServer({ noServer: true });
    for (const [target, options, message] of [
      [{}, {}, /target must be/],
      [undefined, {}, /target must be/],
      [server, { intervall: 5 }, /options\.intervall is not an option/],
      [server, { interval: 0 }, /options\.interval must be a number/],
      [server, { timeout: '5' }, /options\.timeout must be a number/],
      [server, { timeout: Infinity }, /options\.timeout must be a number/],
      [server, { onDead: 5 }, /options\.onDead must be a function/],
      [server, { clock: {} }, /options\.clock\.setInterval must be/],
      [server, null, /options must be an object/]
    ]) {
      assert.throws(() => heartbeat(target, options), {
        name: 'TypeError',
        message
      });
    }
  });
});

/** Waits until a number has stayed the same for a while. */
async function settled(number) {
  let last;
  for (let same = 0; same < 20;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    same = number() === last ? same + 1 : 0;
    last = number();
  }
}
