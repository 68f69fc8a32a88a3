// Hammers the addon's raw entry points with right and wrong arguments. In a process of its own, so that
// AddressSanitizer can watch it.
//
//   node tests/addon/hammer.mjs <file of the addon> [<rounds>]

import assert from 'node:assert/strict';
import path from 'node:path';

import { FrameWriter } from '../lib/frames.mjs';
import { Random } from '../lib/random.mjs';

const [file, rounds = '20000'] = process.argv.slice(2);
const loaded = { exports: {} };
process.dlopen(loaded, path.resolve(file));
const addon = loaded.exports;
const table = new Uint32Array(addon.table);
const { COUNT, MAX_EVENTS, TAKEN } = JSON.parse(addon.contract()).layout;
const random = new Random(1);
const ids = [];
const WRONG = [
  undefined,
  null,
  -1,
  1.5,
  2 ** 32,
  NaN,
  '0',
  {},
  [],
  Symbol('x')
];
const counts = { events: 0, errors: 0, thrown: 0 };

for (let round = 0; round < Number(rounds); round++) {
  random.pick([
    open,
    close,
    decode,
    decode,
    decode,
    decodeWrong,
    mask,
    maskWrong
  ])();
}
for (const id of ids) addon.closeDecoder(id);
assert.equal(addon.counters().decoders, 0);
for (const count of Object.values(counts)) assert.ok(count > 0);
console.log(JSON.stringify(counts));

function open() {
  if (ids.length > 50) return close();
  const some = (value) => (random.chance(0.5) ? value : undefined);
  ids.push(
    addon.openDecoder({
      isServer: random.chance(0.5),
      permessageDeflate: random.chance(0.5),
      skipUtf8Validation: random.chance(0.2),
      maxPayloadLen: some(random.below(1000)),
      maxFragments: some(1 + random.below(10)),
      maxBufferedChunks: some(1 + random.below(10))
    })
  );
}

function close() {
  if (ids.length === 0) return;
  addon.closeDecoder(ids.splice(random.below(ids.length), 1)[0]);
}

/** A chunk whose memory ends where it ends, so that one byte beyond is one too many. */
function someChunk() {
  if (random.chance(0.3)) return exact(random.bytes(random.below(300)));
  const writer = new FrameWriter();
  for (let count = random.between(1, 5); count > 0; count--) {
    writer.frame({
      fin: random.chance(0.8),
      rsv: random.chance(0.9) ? 0 : 4,
      opcode: random.pick([0, 1, 2, 8, 9, 10]),
      payload: random.bytes(random.pick([0, 1, 7, 16, 31, 125, 126, 1000])),
      maskingKey: random.chance(0.5) ? random.bytes(4) : undefined
    });
  }
  const { bytes } = writer.take();
  return exact(bytes.subarray(0, random.between(0, bytes.length)));
}

function exact(bytes) {
  const at = random.below(9);
  const memory = new ArrayBuffer(at + bytes.length);
  const view = Buffer.from(memory, at, bytes.length);
  view.set(bytes);
  return view;
}

function decode() {
  if (ids.length === 0) return;
  const chunk = someChunk();
  const id = random.pick(ids);
  let base = random.chance(0.2) ? random.below(chunk.length + 1) : 0;
  do {
    addon.decode(id, chunk, base);
    const count = table[COUNT];
    const taken = table[TAKEN];
    assert.ok(count <= MAX_EVENTS && base + taken <= chunk.length);
    counts.events += count;
    if (taken === 0) break;
    base += taken;
  } while (base < chunk.length);
}

function decodeWrong() {
  const [id, chunk, base] = random.pick([
    [random.pick(WRONG), someChunk(), 0],
    [ids[0] ?? 0, random.pick(WRONG), 0],
    [ids[0] ?? 0, someChunk(), random.pick([400, 2 ** 31, 2 ** 32 - 1])],
    [1000 + random.below(2 ** 31), someChunk(), 0],
    []
  ]);
  addon.decode(id, chunk, base);
  if (table[COUNT] === 1) counts.errors++;
  // Whatever was wrong may have cost the decoder.
  if (ids.length > 0) addon.closeDecoder(ids.shift());
}

function mask() {
  const source = someChunk();
  const key = random.bytes(4);
  const offset = random.below(20);
  const target = exact(Buffer.alloc(offset + source.length));
  addon.mask(source, key, target, offset, source.length);
  for (let i = 0; i < source.length; i++) {
    assert.equal(target[offset + i], source[i] ^ key[i & 3]);
  }
  // In place, and with an overlap.
  const memory = exact(random.bytes(64));
  addon.mask(memory.subarray(0, 40), key, memory, random.below(25), 40);
}

function maskWrong() {
  const call = random.pick([
    [Buffer.alloc(4), Buffer.alloc(3), Buffer.alloc(4), 0, 4],
    [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(4), 1, 4],
    [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(4), 2 ** 32 - 1, 4],
    [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(9), 0, 5],
    [random.pick(WRONG), Buffer.alloc(4), Buffer.alloc(4), 0, 4],
    [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(4), undefined, undefined],
    []
  ]);
  assert.throws(() => addon.mask(...call), RangeError);
  counts.thrown++;
}
