// A chunk with more messages than an event table holds.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { describe, test } from 'node:test';

import { accelerate, status } from 'framewright';

import { loadCopy, NEWEST } from '../lib/ws-copies.mjs';

const require = createRequire(import.meta.url);
const { layout } = require('../../npm/framewright/lib/backend/backend.js');
const { MAX_EVENTS } = layout;

describe(
  'chunks with more events than a table holds',
  { skip: status().backend === 'stock' },
  () => {
    const { Receiver, WebSocket } = loadCopy(NEWEST);
    accelerate(WebSocket);

    /** A chunk of messages, as a server sends them. */
    function chunkOf(opcode, count) {
      const chunk = Buffer.alloc(count * 4);
      for (let i = 0; i < count; i++) {
        chunk.set([0x80 | opcode, 2, 0x61 + (i % 26), 0x61 + (i % 7)], i * 4);
      }
      return chunk;
    }

    for (const [opcode, isBinary] of [
      [1, false],
      [2, true]
    ]) {
      test(`opcode ${opcode}: all arrive, in order`, () => {
        const receiver = new Receiver();
        const count = 2 * MAX_EVENTS + 3;
        const got = [];
        receiver.on('message', (data, binary) => {
          assert.equal(binary, isBinary);
          got.push(`${data}`);
        });
        const chunk = chunkOf(opcode, count);
        const sent = Array.from({ length: count }, (_, i) =>
          chunk.toString('latin1', i * 4 + 2, i * 4 + 4)
        );
        assert.equal(receiver.write(chunk), true);
        assert.deepEqual(got, sent);
      });

      test(`opcode ${opcode}: a listener that throws at a table's end loses none`, async () => {
        const receiver = new Receiver();
        const count = MAX_EVENTS + 3;
        let got = 0;
        receiver.on('message', () => {
          if (++got === MAX_EVENTS) throw new Error('thrown');
        });
        assert.throws(() => receiver.write(chunkOf(opcode, count)), /thrown/);
        await new Promise(setImmediate);
        assert.equal(got, count);
      });
    }

    test("memory transferred with a table's last message fails the connection by name", async () => {
      const receiver = new Receiver();
      let got = 0;
      receiver.on('message', (data) => {
        if (++got === MAX_EVENTS) {
          structuredClone(data.buffer, { transfer: [data.buffer] });
        }
      });
      const failed = once(receiver, 'error');
      // In memory of its own.
      const chunk = chunkOf(1, MAX_EVENTS + 1);
      const memory = new ArrayBuffer(chunk.length);
      Buffer.from(memory).set(chunk);
      receiver.write(Buffer.from(memory));
      const [err] = await failed;
      assert.equal(err.code, 'ERR_FRAMEWRIGHT_DETACHED');
      assert.equal(got, MAX_EVENTS);
    });
  }
);
