// Contexts from open to close: inline, on the thread pool, and past a budget.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import zlib from 'node:zlib';

import { Random } from '../lib/random.mjs';

import {
  addon,
  Compressor,
  Decompressor,
  Failure,
  flagsOf,
  INTERNAL,
  UNFINISHED
} from './contexts.mjs';
import { corpora, words } from './corpora.mjs';

const MIB = 1024 * 1024;
const DEFAULT_BUDGET = 4 * MIB;
const messages = corpora['1 KB JSON'];
const long = Buffer.from(words(new Random(16), 4 * MIB)).subarray(0, 16 * MIB);

afterEach(() => {
  // Whatever a test did, it leaves nothing open.
  const { compressors, decompressors } = addon.deflateCounters();
  assert.deepEqual(
    { compressors, decompressors },
    {
      compressors: 0,
      decompressors: 0
    }
  );
});

test('long messages go through the thread pool, in one context with short ones', async () => {
  const compressor = new Compressor();
  const decompressor = new Decompressor();
  for (const message of [messages[0], long, messages[1], long, messages[0]]) {
    const payload =
      message === long
        ? await compressor.compressAsync(message)
        : compressor.compress(message);
    const text = await decompressor.inflateAny(payload);
    assert.ok(text.equals(message));
  }
  compressor.close();
  decompressor.close();
});

test('a short payload with a long text is left to the thread pool', async () => {
  const payload = zlib
    .deflateRawSync(Buffer.alloc(4 * MIB), { finishFlush: 2 })
    .subarray(0, -4);
  assert.ok(payload.length < 8192);
  const decompressor = new Decompressor();
  assert.equal(
    addon.inflate(decompressor.id, payload, flagsOf(true)),
    UNFINISHED
  );
  const deflated = await addon.inflateAsync(decompressor.id, payload, true);
  assert.equal(deflated.outcome, 4 * MIB);
  // The context is ready for the next message, whether or not the text is taken.
  assert.equal(decompressor.inflate(Buffer.of(0)).length, 0);
  decompressor.close();
});

test('bombs fail with 1009, fragmented or not, and other contexts go on', async () => {
  const bomb = zlib
    .deflateRawSync(Buffer.alloc(256 * MIB), { finishFlush: 2 })
    .subarray(0, -4);
  const compressor = new Compressor();
  const bystander = new Decompressor();
  for (const frames of [
    [bomb],
    [bomb.subarray(0, 5), bomb.subarray(5, 900), bomb.subarray(900)]
  ]) {
    const decompressor = new Decompressor({ maxMessageLen: MIB });
    const isTooBig = (err) => err instanceof Failure && err.code === 1009;
    await assert.rejects(async () => {
      for (const [i, frame] of frames.entries()) {
        await decompressor.inflateAny(frame, i === frames.length - 1);
      }
    }, isTooBig);
    assert.throws(() => decompressor.inflate(Buffer.of(0)), isTooBig);
    decompressor.close();
    const payload = compressor.compress(messages[0]);
    assert.ok(bystander.inflate(payload).equals(messages[0]));
  }
  compressor.close();
  bystander.close();
});

test('a context that is closed in the middle of work is gone when that is done', async () => {
  const compressor = new Compressor();
  const payload = await compressor.compressAsync(long);
  const decompressor = new Decompressor();
  const work = [
    addon.compressAsync(compressor.id, long, true),
    addon.inflateAsync(decompressor.id, payload, true)
  ];
  assert.throws(() => addon.compressAsync(compressor.id, long, true));
  assert.equal(addon.compress(compressor.id, messages[0], true), INTERNAL);
  compressor.close();
  decompressor.close();
  assert.equal(addon.deflateCounters().compressors, 1);
  const [compressed, inflated] = await Promise.all(work);
  assert.ok(compressed.outcome > 0);
  assert.equal(inflated.outcome, long.length);
});

test('past the budget, contexts sleep and their peers notice nothing', () => {
  addon.setDeflateBudget(2 * MIB);
  const options = [
    { windowBits: 15, contextTakeover: true },
    { windowBits: 9, contextTakeover: true },
    { windowBits: 15, contextTakeover: false },
    { windowBits: 8, contextTakeover: true }
  ];
  const pairs = Array.from({ length: 100 }, (_, i) => {
    const option = options[i % options.length];
    return [new Compressor(option), new Decompressor(option)];
  });
  for (const message of messages.slice(0, 30)) {
    for (const [compressor, decompressor] of pairs) {
      assert.ok(
        decompressor.inflate(compressor.compress(message)).equals(message)
      );
    }
    const counters = addon.deflateCounters();
    assert.ok(counters.awakeCompressors < 20);
    assert.ok(counters.awakeDecompressors < 20);
  }
  for (const [compressor, decompressor] of pairs) {
    compressor.close();
    decompressor.close();
  }
  addon.setDeflateBudget(DEFAULT_BUDGET);
});

test('options out of range are refused', () => {
  for (const options of [
    { windowBits: 7 },
    { windowBits: 16 },
    { level: 10 },
    { level: -2 },
    { memLevel: 0 },
    { memLevel: 10 },
    { strategy: 5 }
  ]) {
    assert.throws(() => new Compressor(options), /out of range/);
  }
  assert.throws(() => new Decompressor({ windowBits: 16 }), /out of range/);
});

test('ids that are not open are ignored', async () => {
  assert.equal(addon.compress(1e6, messages[0], true), INTERNAL);
  assert.equal(addon.inflate(1e6, messages[0], flagsOf(true)), INTERNAL);
  assert.throws(() => addon.inflateAsync(1e6, messages[0], true), /not open/);
  assert.equal(addon.corruption(1e6), null);
  addon.closeCompressor(1e6);
  addon.closeDecompressor(1e6);
});

test('a target of another length is refused, and the bytes stay', () => {
  const compressor = new Compressor();
  const length = addon.compress(compressor.id, messages[0], true);
  for (const wrong of [length - 1, length + 1]) {
    assert.throws(() => addon.takeDeflated(Buffer.alloc(wrong)), /as long/);
  }
  const target = Buffer.alloc(length);
  addon.takeDeflated(target);
  assert.ok(target.some((byte) => byte !== 0));
  compressor.close();
});
