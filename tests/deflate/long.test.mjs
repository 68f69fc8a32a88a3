// Long messages: nothing of them that takes its time is done on the event loop's thread.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';

import { Random } from '../lib/random.mjs';
import { loadAccelerated, NEWEST } from '../lib/ws-copies.mjs';
import { Scene } from '../semantics/support/scene.mjs';

import { addon } from './contexts.mjs';
import { words } from './corpora.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const LEN = 16 * MIB;

test(
  '16 MiB go through the thread pool, both ways',
  { timeout: 120_000 },
  async () => {
    const scene = new Scene(loadAccelerated(NEWEST));
    const calls = {};
    const methods = {};
    // How many bytes each call that blocks gets and gives.
    const watch = (name, lenOf) => {
      methods[name] = addon[name];
      calls[name] = { count: 0, len: 0 };
      addon[name] = (...args) => {
        const result = methods[name](...args);
        calls[name].count++;
        calls[name].len = Math.max(calls[name].len, lenOf(args, result));
        return result;
      };
    };
    watch('compress', ([, fragment]) => fragment.length);
    watch('compressAsync', ([, fragment]) => fragment.length);
    watch('inflate', ([, payload], outcome) =>
      Math.max(payload.length, outcome)
    );
    watch('inflateAsync', ([, payload]) => payload.length);
    watch('takeDeflated', ([target]) => target.length);
    let turns = 0;
    let immediate = setImmediate(function turn() {
      turns++;
      immediate = setImmediate(turn);
    });
    try {
      const { ws, client } = await scene.pair(
        { perMessageDeflate: true },
        { perMessageDeflate: true }
      );
      ws.on('message', (data) => ws.send(data));
      const text = Buffer.from(words(new Random(16), 4 * MIB)).subarray(0, LEN);
      for (const message of [text, Buffer.alloc(LEN), text.subarray(0, KIB)]) {
        client.send(message);
        const [answer] = await once(client, 'message');
        assert.ok(answer.equals(message));
      }
    } finally {
      clearImmediate(immediate);
      Object.assign(addon, methods);
      await scene.end();
    }
    assert.deepEqual(calls.compressAsync, { count: 4, len: LEN });
    // The zeros are a short payload, of which only the beginning is inflated on the spot.
    assert.equal(calls.inflateAsync.count, 4);
    assert.ok(calls.compress.len <= 64 * KIB, 'compressed');
    assert.ok(calls.inflate.len <= 512 * KIB, 'inflated');
    assert.ok(calls.takeDeflated.len <= 512 * KIB, 'copied');
    assert.ok(turns > 20, `${turns} turns of the event loop`);
  }
);
