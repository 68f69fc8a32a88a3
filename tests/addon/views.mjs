// Views that are detached, out of bounds, shared or the event table's own: each call does what it should
// with as many bytes as there are.
//
//   node tests/addon/views.mjs <file of the addon>

import assert from 'node:assert/strict';

const loaded = { exports: {} };
process.dlopen(loaded, process.argv[2]);
const addon = loaded.exports;
const table = new Uint32Array(addon.table);
const { layout, errors } = JSON.parse(addon.contract());
const { COUNT, ENDS_MESSAGE, ERROR, EVENTS_AT, OFFSET, TAKEN } = layout;
const HELLO = '818537fa213d7f9f4d5158';
const KEY = Buffer.from('37fa213d', 'hex');

function open() {
  return addon.openDecoder({
    isServer: true,
    permessageDeflate: false,
    skipUtf8Validation: false
  });
}

/** How many events, bytes taken, and the name of the error if the first is one. */
function decode(chunk, id = open()) {
  addon.decode(id, chunk, 0);
  addon.closeDecoder(id);
  const isError = table[COUNT] > 0 && table[EVENTS_AT] === ERROR;
  const name = isError ? errors[table[EVENTS_AT + OFFSET]].name : null;
  return [table[COUNT], table[TAKEN], name];
}

function fill(memory) {
  const view = Buffer.from(memory);
  view.write(HELLO, 'hex');
  return view;
}

// A message in memory of each kind.
for (const memory of [
  new ArrayBuffer(11),
  new ArrayBuffer(11, { maxByteLength: 1 << 20 }),
  new SharedArrayBuffer(11)
]) {
  const view = fill(memory);
  assert.deepEqual(decode(view), [1, 11, null]);
  assert.equal(view.toString('latin1', 6), 'Hello');
}
assert.deepEqual(decode(new DataView(fill(new ArrayBuffer(11)).buffer)), [
  1,
  11,
  null
]);

// Gone, or not all there any more.
const detached = fill(new ArrayBuffer(11));
structuredClone(detached.buffer, { transfer: [detached.buffer] });
assert.deepEqual(decode(detached), [0, 0, null]);
assert.throws(() => addon.mask(detached, KEY, detached, 0, 11), RangeError);
addon.mask(detached, KEY, detached, 0, 0);

const memory = new ArrayBuffer(1 << 20, { maxByteLength: 1 << 20 });
const tracking = new Uint8Array(memory);
const fixed = new Uint8Array(memory, 0, 1 << 20);
memory.resize(2);
for (const at of [0, 1]) assert.equal(tracking[at], 0);
tracking.set(Buffer.from('8185', 'hex'));
assert.deepEqual(decode(tracking), [0, 2, null]);
assert.deepEqual(decode(fixed), [0, 0, null]);
assert.throws(() => addon.mask(fixed, KEY, fixed, 0, 3), RangeError);
assert.throws(() => addon.mask(tracking, KEY, tracking, 0, 3), RangeError);
memory.resize(0);
assert.deepEqual(decode(tracking), [0, 0, null]);

// The memory that the events are written to.
for (const view of [
  table,
  new Uint8Array(addon.table, addon.table.byteLength - 1)
]) {
  const [events, , error] = decode(view);
  assert.deepEqual([events, error], [1, 'Internal']);
}
assert.deepEqual(decode(new Uint8Array(addon.table, 0, 0)), [0, 0, null]);

// Where compressing and inflating go, too.
const options = { windowBits: 15, contextTakeover: true };
const compressor = addon.openCompressor(options);
const decompressor = addon.openDecompressor(options);
const all = Buffer.from('said and said and said and said');
const text = all.toString();
for (const wrong of [detached, fixed]) {
  assert.throws(() => addon.compress(compressor, all, true, wrong, 1), {
    code: 'ERR_INVALID_ARG_TYPE'
  });
}
const length = addon.compress(compressor, all, true, all, 0);
assert.ok(length > 0 && length < text.length);
const inflated = addon.inflate(
  decompressor,
  all.subarray(0, length),
  ENDS_MESSAGE,
  all,
  0
);
assert.equal(inflated, text.length);
assert.equal(all.toString(), text);
console.log('done');
