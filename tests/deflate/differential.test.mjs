// Random compressed streams, most of them broken, into stock ws's PerMessageDeflate and into ours.
//
//   STREAMS=200000 SEED=1 node --test tests/deflate/differential.test.mjs

import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { PerMessageDeflate } from 'ws';

import { compress } from '../lib/compressed.mjs';
import { Random } from '../lib/random.mjs';

import { Decompressor, Failure } from './contexts.mjs';
import { words } from './corpora.mjs';

const STREAMS = Number(process.env.STREAMS ?? 3000);
const SEED = Number(process.env.SEED ?? 7692);

const CLOSE_CODES = {
  Z_DATA_ERROR: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009
};

/** What a message came to: its text, or a close code and what is wrong. */
const text = (bytes) => ({ text: bytes.toString('latin1') });
const error = (code, words) => ({ code, ...(code === 1007 && { words }) });

/** ws's decompressor; ends for good at the first error. */
class Stock {
  constructor({ windowBits, contextTakeover, maxMessageLen }) {
    this.limit = maxMessageLen ?? Infinity;
    this.deflate = new PerMessageDeflate({
      isServer: true,
      maxPayload: maxMessageLen
    });
    this.deflate.accept([
      {
        client_max_window_bits: [String(windowBits)],
        ...(!contextTakeover && { client_no_context_takeover: [true] })
      }
    ]);
  }

  async inflate(frames) {
    const texts = [];
    let len = 0;
    for (const [i, frame] of frames.entries()) {
      const fin = i === frames.length - 1;
      const outcome = await new Promise((resolve) =>
        this.deflate.decompress(frame, fin, (err, bytes) =>
          resolve(err ?? bytes)
        )
      );
      if (outcome instanceof Error) {
        return error(CLOSE_CODES[outcome.code], outcome.message);
      }
      // As the Receiver does.
      len += outcome.length;
      if (len > this.limit) return error(1009);
      texts.push(outcome);
    }
    return text(Buffer.concat(texts));
  }

  close() {
    this.deflate.cleanup();
  }
}

class Ours {
  constructor(options) {
    this.decompressor = new Decompressor(options);
  }

  async inflate(frames) {
    const texts = [];
    try {
      for (const [i, frame] of frames.entries()) {
        const fin = i === frames.length - 1;
        texts.push(await this.decompressor.inflateAny(frame, fin));
      }
    } catch (err) {
      if (!(err instanceof Failure)) throw err;
      return error(err.code, this.decompressor.corruption);
    }
    return text(Buffer.concat(texts));
  }

  close() {
    this.decompressor.close();
  }
}

function makeStream(random) {
  const windowBits = random.chance(0.6) ? 15 : random.between(8, 14);
  const contextTakeover = random.chance(0.75);
  const maxMessageLen = random.chance(0.2)
    ? random.between(1, 6000)
    : undefined;
  const options = { windowBits, contextTakeover, maxMessageLen };
  const messages = [];
  let history = Buffer.alloc(0);
  for (let count = random.between(1, 5); count > 0; count--) {
    const message = makeMessage(random);
    const isFinal = random.chance(0.08);
    const payload = damage(
      random,
      compress(message, contextTakeover ? history : undefined, {
        windowBits: Math.max(windowBits, 9),
        level: random.pick([0, 1, 6, 9]),
        strategy: random.below(5),
        ...(isFinal && { finishFlush: zlib.constants.Z_FINISH })
      })
    );
    messages.push(split(random, payload));
    history = Buffer.concat([history, message]).subarray(-(2 ** windowBits));
    if (isFinal) history = Buffer.alloc(0);
  }
  return { options, messages };
}

function makeMessage(random) {
  const len = random.pick([0, 1, 20, 200, 1000, 5000]);
  return random.weighted([
    [4, Buffer.from(words(random, len).slice(0, len))],
    [1, random.bytes(len)],
    [1, Buffer.alloc(len, 'a')]
  ]);
}

function damage(random, payload) {
  const at = random.below(payload.length + 1);
  const insert = (bytes) =>
    Buffer.concat([payload.subarray(0, at), bytes, payload.subarray(at)]);
  switch (random.below(8)) {
    case 0: {
      const damaged = Buffer.from(payload);
      if (at < damaged.length) damaged[at] ^= 1 << random.below(8);
      return damaged;
    }
    case 1:
      return payload.subarray(0, at);
    case 2:
      return payload.subarray(0, -1);
    case 3:
      return insert(random.bytes(1));
    case 4:
      return random.chance(0.3) ? random.bytes(random.below(40)) : payload;
    default:
      return payload;
  }
}

function split(random, payload) {
  if (random.chance(0.8)) return [payload];
  const at = random.below(payload.length + 1);
  return [payload.subarray(0, at), payload.subarray(at)];
}

/** Why a difference is meant, or null. */
function exception({ options }, stock, ours) {
  // ws looks at the length only after each 16 KiB that came out.
  if (ours.code === 1009 && stock.code === 1007)
    return 'too long, then corrupt';
  // Where a shorter window was agreed on, ours has to tell whether a message ended as it should.
  if (
    options.windowBits < 15 &&
    options.contextTakeover &&
    ours.words === 'message ended inside a block'
  ) {
    return 'went on inside a block';
  }
  // zlib lets a match reach past a short window to what the same call gave; ours, what the same message
  // gave.
  if (
    options.windowBits < 15 &&
    stock.words === 'invalid distance too far back'
  ) {
    return 'reached back in a message';
  }
  return null;
}

test(`${STREAMS} streams come to what they come to in ws`, async (t) => {
  const counts = { messages: 0, errors: {}, exceptions: {} };
  const add = (list, key) => (list[key] = (list[key] ?? 0) + 1);

  for (let number = 0; number < STREAMS; number++) {
    const stream = makeStream(new Random(SEED, number));
    const stock = new Stock(stream.options);
    const ours = new Ours(stream.options);
    for (const [i, frames] of stream.messages.entries()) {
      const expected = await stock.inflate(frames);
      const actual = await ours.inflate(frames);
      counts.messages++;
      // Ours doesn't always know what zlib would call it.
      if (actual.words === null) actual.words = expected.words;
      try {
        assert.deepEqual(actual, expected);
      } catch (err) {
        const name = exception(stream, expected, actual);
        if (name === null) {
          err.message = `stream ${number}, message ${i}: ${err.message}`;
          throw err;
        }
        add(counts.exceptions, name);
        break;
      }
      if ('code' in expected) {
        add(counts.errors, expected.words ?? expected.code);
        break;
      }
    }
    stock.close();
    ours.close();
  }

  if (STREAMS >= 3000) {
    assert.ok(Object.keys(counts.errors).length > 8, JSON.stringify(counts));
  }
  const allowed = 0.005 * counts.messages;
  for (const [name, count] of Object.entries(counts.exceptions)) {
    assert.ok(count < allowed, `${name}: ${count} of ${counts.messages}`);
  }
  t.diagnostic(JSON.stringify(counts));
});
