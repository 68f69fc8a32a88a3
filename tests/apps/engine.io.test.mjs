import assert from 'node:assert/strict';
import { it } from 'node:test';

import { Socket as EngineClient } from 'engine.io-client';
import { io } from 'socket.io-client';

import { assertAccelerated, MODES, withApp } from './support/app-process.mjs';

const TIMEOUT = { timeout: 60_000 };
const BROADCASTS = 300;

/** What to run the server on: its own copy of ws, the app's, or ours. */
const ENGINES = ['own', 'ws', 'framewright'];

for (const mode of MODES) {
  for (const engine of ENGINES) {
    // framewright's main entry accelerates by itself: nothing to compare.
    if (engine === 'framewright' && !mode.isAccelerated) continue;

    for (const deflate of ['off', 'on']) {
      const options = { mode, env: { WS_ENGINE: engine, DEFLATE: deflate } };
      const title = `wsEngine: ${engine}, deflate ${deflate}, ${mode.name}`;

      it(`engine.io, ${title}`, TIMEOUT, () =>
        withApp('engine.io.cjs', options, async (app, port) => {
          await talkByEngine(app, `ws://127.0.0.1:${port}`, deflate);
          if (mode.isAccelerated) await assertAccelerated(app, { messages: 8 });
        })
      );

      it(`socket.io, ${title}`, TIMEOUT, () =>
        withApp('socket.io.cjs', options, async (app, port) => {
          await talkBySocketIo(app, `http://127.0.0.1:${port}`);
          if (mode.isAccelerated) await assertAccelerated(app, { messages: 8 });
        })
      );
    }
  }
}

async function talkByEngine(app, url, deflate) {
  const client = new EngineClient(url, { transports: ['websocket'] });
  client.binaryType = 'nodebuffer';
  await event(client, 'open');
  assert.equal(
    client.transport.ws.extensions,
    deflate === 'on' ? 'permessage-deflate' : ''
  );

  for (const len of [1, 125, 126, 65536]) {
    for (const data of ['é'.repeat(len), Buffer.alloc(len, len)]) {
      const answer = event(client, 'message');
      client.send(data);
      assert.deepEqual(await answer, data);
    }
  }
  const closed = event(client, 'close');
  client.send('close');
  assert.equal(await closed, 'transport close');
  assert.equal(await app.said('closed'), 'forced close');
}

async function talkBySocketIo(app, url) {
  // One comes by polling and is upgraded, the other has WebSocket at once.
  const upgraded = io(url, { forceNew: true });
  const direct = io(url, { forceNew: true, transports: ['websocket'] });
  await Promise.all([
    event(upgraded, 'connect'),
    event(upgraded.io.engine, 'upgrade'),
    event(direct, 'connect')
  ]);

  for (const client of [upgraded, direct]) {
    await acknowledges(client);
  }
  await keepsBroadcastsInOrder(upgraded, direct);

  const left = event(upgraded, 'disconnect');
  upgraded.emit('leave');
  assert.equal(await left, 'io server disconnect');
  assert.equal(await app.said('closed'), 'server namespace disconnect');
  direct.disconnect();
  assert.equal(await app.said('closed'), 'client namespace disconnect');
}

async function acknowledges(client) {
  for (const len of [0, 125, 70_000]) {
    const sent = [{ text: '✓'.repeat(len) }, Buffer.alloc(len, 7)];
    const answer = await new Promise((resolve) => {
      client.emit('echo', ...sent, (...args) => resolve(args));
    });
    assert.deepEqual(answer, sent);
  }
}

async function keepsBroadcastsInOrder(speaker, listener) {
  const order = [];
  speaker.on('mine', (i) => order.push(`mine ${i}`));
  speaker.on('all', (i) => order.push(`all ${i}`));
  const expected = Array.from({ length: BROADCASTS }, (_, i) => [
    `mine ${i}`,
    `all ${i}`
  ]);

  await Promise.all([
    receivesAll(speaker),
    receivesAll(listener),
    speaker.emit('announce', BROADCASTS)
  ]);
  assert.deepEqual(order, expected.flat());
}

async function receivesAll(client) {
  const received = [];
  await new Promise((resolve) => {
    client.on('all', (i, bytes) => {
      received.push([i, bytes]);
      if (received.length === BROADCASTS) resolve();
    });
  });
  received.forEach(([i, bytes], index) => {
    assert.equal(i, index);
    assert.deepEqual(bytes, Buffer.from([index & 0xff]));
  });
}

/** The first argument of an event; their emitters aren't Node's. */
function event(emitter, name) {
  return new Promise((resolve) => emitter.once(name, resolve));
}
