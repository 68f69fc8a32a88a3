// Node's zlib on the other end of the connection, as it is inside stock ws.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';

import { Random } from '../lib/random.mjs';

import { Compressor, Decompressor } from './contexts.mjs';
import { corpora, words } from './corpora.mjs';

const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const { Z_SYNC_FLUSH } = zlib.constants;

/** What `zlib.createDeflateRaw()` makes of messages in turn, as ws uses it. */
async function deflated(messages, options, contextTakeover) {
  const stream = zlib.createDeflateRaw(options);
  let chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  const payloads = [];
  for (const message of messages) {
    stream.write(message);
    await new Promise((resolve) => stream.flush(Z_SYNC_FLUSH, resolve));
    payloads.push(Buffer.concat(chunks).subarray(0, -TAIL.length));
    chunks = [];
    if (!contextTakeover) stream.reset();
  }
  stream.close();
  return payloads;
}

function inflated(payloads, windowBits) {
  const stream = Buffer.concat(payloads.flatMap((payload) => [payload, TAIL]));
  return zlib.inflateRawSync(stream, { windowBits, finishFlush: Z_SYNC_FLUSH });
}

const total = (list) => list.reduce((sum, { length }) => sum + length, 0);

const messages = makeMessages();

function makeMessages() {
  const random = new Random(7692);
  const lens = [0, 1, 125, 126, 65535, 65536, 1024 * 1024];
  return lens.flatMap((len) => [
    Buffer.from(words(random, len).slice(0, len)),
    random.bytes(len)
  ]);
}

for (let windowBits = 8; windowBits <= 15; windowBits++) {
  test(`window bits ${windowBits}, both ways`, async () => {
    for (const contextTakeover of [true, false]) {
      for (const fragments of [1, 3]) {
        const compressor = new Compressor({ windowBits, contextTakeover });
        const payloads = messages.map((message) => {
          const len = Math.ceil(message.length / fragments);
          const parts = Array.from({ length: fragments }, (_, i) =>
            compressor.compress(
              message.subarray(i * len, (i + 1) * len),
              i === fragments - 1
            )
          );
          return Buffer.concat(parts);
        });
        // A window of 256 bytes is one that only an inflater can have.
        if (contextTakeover) {
          const text = inflated(payloads, windowBits);
          assert.ok(text.equals(Buffer.concat(messages)));
        } else {
          messages.forEach((message, i) => {
            assert.ok(inflated([payloads[i]], windowBits).equals(message));
          });
        }
        compressor.close();
      }

      const options = { windowBits };
      const theirs = await deflated(messages, options, contextTakeover);
      const decompressor = new Decompressor({ windowBits, contextTakeover });
      for (const [i, message] of messages.entries()) {
        const text = await decompressor.inflateAny(theirs[i]);
        assert.ok(text.equals(message), `message ${i}`);
      }
      decompressor.close();
    }
  });
}

for (const [name, messages] of Object.entries(corpora)) {
  test(`${name}: at most 3 % more bytes than zlib at each level`, async () => {
    for (let level = 0; level <= 9; level++) {
      for (const contextTakeover of [true, false]) {
        const compressor = new Compressor({ level, contextTakeover });
        const ours = messages.map((message) => compressor.compress(message));
        compressor.close();
        const theirs = await deflated(messages, { level }, contextTakeover);
        const ratio = total(ours) / total(theirs);
        const where = `level ${level}, takeover ${contextTakeover}`;
        assert.ok(ratio <= 1.03, `${where}: ${ratio}`);
        if (contextTakeover) {
          assert.ok(inflated(ours, 15).equals(Buffer.concat(messages)));
        }
      }
    }
  });
}

test('with a short window or little memory, at most 3 % more bytes', async () => {
  const messages = corpora['1 KB JSON'];
  for (const options of [
    ...[9, 10, 11, 12, 13, 14].map((windowBits) => ({ windowBits })),
    ...[1, 3, 5, 7, 9].map((memLevel) => ({ memLevel })),
    ...[1, 2, 3, 4].map((strategy) => ({ strategy }))
  ]) {
    const compressor = new Compressor(options);
    const ours = messages.map((message) => compressor.compress(message));
    compressor.close();
    const ratio = total(ours) / total(await deflated(messages, options, true));
    assert.ok(ratio <= 1.03, `${JSON.stringify(options)}: ${ratio}`);
  }
});
