// The slabs that frames are put together in: none of their bytes is written over that are kept.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const {
  keepPiece,
  reclaimSlab,
  renewSlab,
  slab
} = require('../../npm/framewright/lib/outbox/slab.js');

/** Puts a frame at the end of the slab, and keeps it, as for a socket that has yet to write it. */
function keepFrame(length, byte) {
  if (slab.end + length > slab.buffer.length) renewSlab();
  const piece = slab.buffer.subarray(slab.end, slab.end + length);
  piece.fill(byte);
  slab.end += length;
  keepPiece(piece);
  return piece;
}

test('what is kept stays as it is, from the first slab on', () => {
  // The first frames are taken at once, so that nothing of the first slab is kept.
  renewSlab();
  slab.end += 1000;
  reclaimSlab();
  const pieces = [];
  for (let i = 0; i < 200; i++) {
    pieces.push(keepFrame(20_000, i));
    if (i % 3 === 0) reclaimSlab();
  }
  for (const [i, piece] of pieces.entries()) {
    assert.ok(
      piece.every((byte) => byte === i),
      `piece ${i} was written over`
    );
  }
});

test('what isn’t kept is room for others', () => {
  reclaimSlab();
  const { end, memory } = slab;
  slab.end += 1000;
  reclaimSlab();
  assert.equal(slab.end, end);
  assert.equal(slab.memory, memory);
});
