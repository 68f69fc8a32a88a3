// Whichever way a connection ends, its compression contexts are freed, and every callback is called once.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it as test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { compress } from '../lib/compressed.mjs';
import { BINARY, CLOSE, CONTINUATION, PING } from '../lib/frames.mjs';
import { Random } from '../lib/random.mjs';
import { loadAccelerated } from '../lib/ws-copies.mjs';
import { Scene } from '../semantics/support/scene.mjs';

import { addon } from './contexts.mjs';
import { words } from './corpora.mjs';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');

const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const ON = { perMessageDeflate: { threshold: 0 } };
const RSV1 = 4;
const WAIT = 60_000;

const short = Buffer.from(words(new Random(1), 100));
const long = Buffer.from(words(new Random(2), 400_000));
const shortPayload = compress(short);
const longPayload = compress(long);

/** What a connection is doing when it ends. */
const STATES = {
  'between two messages': async ({ ws, peer }) => {
    peer.send({ rsv: RSV1, opcode: BINARY, payload: shortPayload });
    await once(ws, 'message');
    ws.send(short);
  },
  'in the middle of a frame': async ({ ws, peer }) => {
    const frames = peer.encode(
      { rsv: RSV1, opcode: BINARY, payload: shortPayload },
      { rsv: RSV1, opcode: BINARY, payload: shortPayload }
    );
    peer.socket.write(frames.subarray(0, -10));
    await once(ws, 'message');
    ws.send(short);
  },
  'between two fragments, both ways': async ({ ws, peer }) => {
    peer.send(
      { fin: false, rsv: RSV1, opcode: BINARY, payload: shortPayload },
      { opcode: PING, payload: 'now' },
      { fin: false, opcode: CONTINUATION, payload: Buffer.of(0) }
    );
    await once(ws, 'ping');
    ws.send(short, { fin: false });
  },
  'with long messages on the thread pool': async ({ ws, peer, send }) => {
    const inflating = called(addon, 'inflateAsync');
    peer.send({ rsv: RSV1, opcode: BINARY, payload: longPayload });
    await inflating;
    send(long);
    send(long);
    send(short);
    assert.ok(ws.bufferedAmount > 0);
  }
};

const ENDINGS = {
  'close()': ({ ws, peer }) => {
    ws.close(1000);
    farewell(peer, { opcode: CLOSE });
  },
  'terminate()': ({ ws }) => ws.terminate(),
  'the peer closes': ({ peer }) => farewell(peer, { opcode: CLOSE }),
  'the peer is gone': ({ peer }) => peer.socket.resetAndDestroy(),
  'the peer ends the stream': ({ peer }) => peer.socket.end(),
  'a violation': ({ peer }) => farewell(peer, { rsv: 7, opcode: 5 }),
  'an error of the socket': ({ ws }) => ws._socket.destroy(new Error('gone'))
};

for (const version of ['8.5', '8.23']) {
  const copy = loadAccelerated(version);

  describe(`contexts of ws ${version}`, () => {
    for (const [state, enter] of Object.entries(STATES)) {
      for (const [ending, end] of Object.entries(ENDINGS)) {
        test(`are freed: ${ending}, ${state}`, { timeout: WAIT }, async () => {
          const scene = new Scene(copy);
          try {
            const { ws, peer } = await scene.accept(ON, OFFER);
            const calls = [];
            const send = (data) => {
              const index = calls.push(0) - 1;
              ws.send(data, () => calls[index]++);
            };
            ws.on('error', () => {});
            const closed = new Promise((resolve) => ws.on('close', resolve));
            await enter({ ws, peer, send });
            assert.ok(count() > 0);
            end({ ws, peer });
            await closed;
            await freed();
            assert.deepEqual(
              calls,
              calls.map(() => 1)
            );
          } finally {
            await scene.end();
          }
        });
      }
    }

    test(
      'are freed with an extension that nobody has any more',
      { timeout: WAIT },
      async () => {
        await forget(copy);
        await freed();
      }
    );
  });
}

/** A last frame; if it is taken for the rest of another, the stream's end comes next. */
function farewell(peer, frame) {
  peer.send(frame);
  peer.socket.end();
}

/** Uses an extension, and drops it without `cleanup()`. Its class was patched with the first connection. */
async function forget({ PerMessageDeflate }) {
  const deflate = new PerMessageDeflate({ threshold: 0 }, true);
  deflate.accept([{}]);
  for (const [method, bytes] of [
    ['compress', short],
    ['decompress', shortPayload]
  ]) {
    await new Promise((resolve) => deflate[method](bytes, true, resolve));
  }
  assert.equal(count(), 2);
}

function count() {
  const { compressors, decompressors } = addon.deflateCounters();
  return compressors + decompressors;
}

/** Waits until no context is left; the collector is made to run meanwhile. */
async function freed() {
  while (count() > 0) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Resolves when a method is called the next time. */
function called(object, name) {
  const method = object[name];
  return new Promise((resolve) => {
    object[name] = (...args) => {
      object[name] = method;
      const result = method(...args);
      resolve();
      return result;
    };
  });
}
