// Compressed messages that hurt whoever inflates them, and what a server's process takes to refuse them.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { compress } from '../lib/compressed.mjs';
import { BINARY, CLOSE, CONTINUATION, TEXT } from '../lib/frames.mjs';
import { Random } from '../lib/random.mjs';
import { connectRaw } from '../semantics/support/raw-peer.mjs';

const MIB = 1024 * 1024;
const MAX_PAYLOAD = 16 * MIB;
const TOO_BIG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
const HEADERS = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const RSV1 = 4;

const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);
/** 4 MiB of zeros that end between two blocks: as often as wanted, one after the other. */
const block = Buffer.concat([compress(Buffer.alloc(4 * MIB)), TAIL]);
const gibibyte = Buffer.concat(Array(256).fill(block));
const tenKib = compress(Buffer.alloc(10 * MIB, 'x'));

const whole = (payload) => [{ rsv: RSV1, opcode: BINARY, payload }];
const fragments = (payloads) =>
  payloads.map((payload, i) => ({
    fin: i === payloads.length - 1,
    rsv: i === 0 ? RSV1 : 0,
    opcode: i === 0 ? BINARY : CONTINUATION,
    payload
  }));
const cut = (payload, at) =>
  fragments([0, ...at].map((start, i) => payload.subarray(start, at[i])));

const BOMBS = {
  '1 MiB that inflates to 1 GiB': [whole(gibibyte)],
  '1 MiB that inflates to 1 GiB, cut at odd places': [
    cut(gibibyte, [1, 2, 1000, 6001, 100_001, gibibyte.length - 1])
  ],
  '1 MiB that inflates to 1 GiB, fragments at its blocks': [
    fragments(Array(256).fill(block))
  ],
  'one byte more than is allowed, in the last of three fragments': [
    cut(compress(Buffer.alloc(MAX_PAYLOAD + 1)), [4000, 8000])
  ],
  '10 KiB that inflate to 10 MiB, twice in a message': [
    fragments([Buffer.concat([tenKib, TAIL]), tenKib])
  ],
  'a bomb that refers to the message before it': [
    whole(compress(Buffer.from('harmless '.repeat(100)))),
    whole(gibibyte)
  ]
};

const CORRUPT = {
  'a block of the reserved type': [whole(Buffer.of(0x07))],
  'a reference to what never was': [
    whole(Buffer.from('4b4c0482'.repeat(9), 'hex'))
  ],
  'random bytes': [whole(new Random(7692).bytes(2000))],
  'random bytes after 4 MiB of zeros': [
    fragments([block.subarray(0, -10), new Random(7692).bytes(2000)])
  ]
};

describe('a server in a process of its own', { timeout: 180_000 }, () => {
  let child;
  let port;
  beforeEach(async () => {
    child = fork(
      fileURLToPath(new URL('server-process.mjs', import.meta.url)),
      [JSON.stringify({ maxPayload: MAX_PAYLOAD, perMessageDeflate: true })],
      { execArgv: ['--expose-gc'] }
    );
    child.setMaxListeners(0);
    [{ port }] = await once(child, 'message');
  });
  afterEach(() => child.disconnect());

  for (const [name, frames] of Object.entries(BOMBS)) {
    it(`closes with 1009: ${name}`, async (t) => {
      // The worst that is allowed, so that what it loads and compiles is there.
      const bystander = await connectRaw(port, HEADERS);
      bystander.send(...whole(compress(Buffer.alloc(MAX_PAYLOAD - 1))));
      await bystander.until(() => bystander.bytes().length > 10_000);

      for (let i = 0; i < 3; i++) {
        const { memory } = await ask({ reset: true });
        assert.deepEqual(await endOf(frames), { code: 1009, error: TOO_BIG });
        const { memory: after, contexts } = await ask({});
        const extra = after.peak - memory.now;
        t.diagnostic(`at most ${(extra / MIB).toFixed(1)} MiB more`);
        assert.ok(extra <= 2 * MAX_PAYLOAD);
        // The bystander's.
        assert.equal(contexts.decompressors, 1);
      }
      await echoes(bystander);
    });
  }

  for (const [name, frames] of Object.entries(CORRUPT)) {
    it(`closes with 1007: ${name}`, async () => {
      const bystander = await connectRaw(port, HEADERS);
      assert.deepEqual(await endOf(frames), {
        code: 1007,
        error: 'Z_DATA_ERROR'
      });
      await echoes(bystander);
    });
  }

  /** The close code and the error of a connection on which these messages are sent. */
  async function endOf(messages) {
    const peer = await connectRaw(port, HEADERS);
    const told = answer((message) => 'closed' in message);
    for (const frames of messages) peer.send(...frames);
    await peer.ended();
    const [first, payload] = peer.frames().at(-1);
    peer.socket.destroy();
    assert.equal(first, 0x80 | CLOSE);
    return { code: payload.readUInt16BE(0), error: (await told).error };
  }

  async function echoes(peer) {
    const { length } = peer.bytes();
    peer.send({ opcode: TEXT, payload: 'still here' });
    await peer.until(() => peer.bytes().length > length);
    peer.socket.destroy();
    await answer((message) => 'closed' in message);
  }

  async function ask(question) {
    const answered = answer((message) => 'memory' in message);
    child.send(question);
    return answered;
  }

  /** The next of the child's messages that is one of these. */
  function answer(isOne) {
    return new Promise((resolve) => {
      const listener = (message) => {
        if (!isOne(message)) return;
        child.off('message', listener);
        resolve(message);
      };
      child.on('message', listener);
    });
  }
});
