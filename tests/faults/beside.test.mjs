// Many connections at a time that are used as apps and tools use them: slow readers, wrapped sockets,
// receivers and extensions, TLS, handlers that throw, messages that are transferred, and two copies of
// framewright. Nothing is lost, changed or out of order.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Random } from '../lib/random.mjs';
import { loadCopy } from '../lib/ws-copies.mjs';

import { Conversation } from './conversation.mjs';

const SERVER = new URL('beside-server.mjs', import.meta.url);

/** `FRAMEWRIGHT_TEST_CONNECTIONS=1000` is the long form. */
const CONNECTIONS = Number(process.env.FRAMEWRIGHT_TEST_CONNECTIONS ?? 63);
const ROUNDS = 4;

/** One in so many doesn't read for a while, and is sent more than sockets hold. */
const SLOW = 12;
const SLOW_ROUNDS = 40;

const copy = loadCopy('8.23');

for (const backend of ['', 'wasm']) {
  const on = backend === '' ? 'natively' : 'on WebAssembly';

  test(`${on}: ${CONNECTIONS} connections, used as apps use them`, async (t) => {
    const server = fork(SERVER, {
      execArgv: ['--expose-gc'],
      env: { ...process.env, FRAMEWRIGHT: backend }
    });
    t.after(() => server.kill());
    const [{ ports, uses }] = await once(server, 'message');
    const random = new Random(13);
    const figures = { messages: 0, bytes: 0 };

    await Promise.all(
      Array.from({ length: CONNECTIONS }, async (_, i) => {
        const which = i % ports.length;
        const talk = new Conversation(copy, ports[which], random, {
          scheme: which === 2 ? 'wss' : 'ws',
          path: `/${uses[Math.floor(i / ports.length) % uses.length]}`
        });
        await talk.opened();
        await (i % SLOW === 0 ? talkSlowly(talk) : talkOn(talk));
        assert.equal(talk.missing, 0, 'messages are lost');
        assert.ok(talk.isOpen, 'a connection died');
        talk.ws.close(1000);
        assert.equal(await talk.closed, 1000);
        figures.messages += talk.messages;
        figures.bytes += talk.bytes;
      })
    );

    let state;
    do {
      await sleep(20);
      server.send('state');
      [state] = await once(server, 'message');
    } while (state.connections > 0);
    t.diagnostic(JSON.stringify({ ...figures, ...state }));

    assert.deepEqual(state.uncaught, []);
    assert.equal(state.changed, 0, 'what was recorded has changed');
    assert.equal(state.decoders, 0, 'decoders are left');
    // The second framewright has accelerated one copy of ws, and left the others to the first.
    assert.deepEqual(state.copies, [true, false, true]);
    for (const name of ['backlog', 'thrown', 'transferred', 'wrapped']) {
      assert.ok(state[name] > 0, `nothing was ${name}`);
    }
  });
}

async function talkOn(talk) {
  for (let i = 0; i < ROUNDS; i++) {
    talk.say();
    await talk.heard();
  }
}

async function talkSlowly(talk) {
  talk.ws.pause();
  for (let i = 0; i < SLOW_ROUNDS; i++) {
    talk.say();
    await sleep(1);
  }
  talk.ws.resume();
  await talk.heard();
}
