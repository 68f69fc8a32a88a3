// What a watcher's queue gives is what was put, whatever the lengths.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';

const require = createRequire(import.meta.url);
const SlabQueue = require('../../npm/framewright/lib/tap/slab-queue.js');

const SLAB_LENGTH = 128 * 1024;
const LENGTHS = [1, 70, 4096, SLAB_LENGTH - 1, SLAB_LENGTH, SLAB_LENGTH + 1];

it('gives the bytes that were put or written, in order', () => {
  const queue = new SlabQueue();
  const taken = [];
  const put = [];
  const drain = () => {
    for (let bytes; (bytes = queue.take()) !== null;) {
      taken.push(Buffer.from(bytes));
      queue.release(bytes);
    }
  };

  for (let round = 0; round < 200; round++) {
    const length = LENGTHS[(round * 7 + (round >> 3)) % LENGTHS.length];
    const bytes = Buffer.alloc(length, `${round}.`);

    if (length <= SLAB_LENGTH && round % 3 > 0) {
      // As much as asked for, or less.
      const at = queue.reserve(Math.min(SLAB_LENGTH, length + round));
      queue.slab.set(bytes, at);
      queue.add(at + length);
    } else {
      queue.put(bytes);
    }
    put.push(bytes);
    if (round % 11 === 0) drain();
  }

  const waiting = Buffer.concat(put).length - Buffer.concat(taken).length;
  assert.equal(queue.length, waiting);
  drain();
  assert.ok(queue.isEmpty);
  assert.equal(queue.length, 0);
  assert.ok(Buffer.concat(taken).equals(Buffer.concat(put)));
});
