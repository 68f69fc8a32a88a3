// Messages that are too long are left out, and the connection goes on.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { constants, deflateRawSync } from 'node:zlib';

import framewright from 'framewright';
import { limits } from 'framewright/limits';

import { open, until } from './kit.mjs';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');

const MAX = 1000;

/** Around the limit, over a chunk, and over what is inflated at once. */
const LENGTHS = [0, 1, 999, 1000, 1001, 2000, 70_000, 3_000_000];

/** Bytes that refer to each other over messages, where these are compressed. */
const noise = randomBytes(3_100_000);

async function scene(t, { perMessageDeflate, ...options } = {}) {
  const server = await open(t, framewright, { perMessageDeflate, ...options });
  const events = [];
  const limiting = limits(server.wss, {
    messageLength: { max: MAX },
    onLimit: ({ action, limit }) => events.push(`${action} ${limit}`)
  });
  const client = await server.connect();
  const [end] = server.ends;
  end.on('message', (data, isBinary) => {
    events.push(isBinary ? Buffer.from(data) : `${data}`);
  });
  end.on('error', (err) => events.push(err.code));
  return { client, end, events, limiting, server };
}

const SETTINGS = {
  plain: { perMessageDeflate: false },
  compressed: { perMessageDeflate: { threshold: 0 } },
  'compressed without takeover': {
    perMessageDeflate: { threshold: 0, clientNoContextTakeover: true }
  },
  'compressed, small window': {
    perMessageDeflate: { threshold: 0, clientMaxWindowBits: 10 }
  }
};

for (const [name, settings] of Object.entries(SETTINGS)) {
  describe(name, { timeout: 120_000 }, () => {
    it('goes on after messages of all lengths', async (t) => {
      const { client, events, limiting } = await scene(t, settings);
      assert.equal(
        client.extensions.includes('permessage-deflate'),
        name !== 'plain'
      );
      const expected = [];
      for (const [i, length] of LENGTHS.entries()) {
        for (const data of [
          noise.subarray(i, i + length),
          'a'.repeat(length),
          'é'.repeat(length >> 1)
        ]) {
          client.send(data);
          const bytes = Buffer.byteLength(data);
          expected.push(bytes > MAX ? 'skip messageLength' : data);
          // What it refers to was in a message that was left out.
          const short = noise.subarray(i + 100, i + 400);
          client.send(short);
          expected.push(short);
        }
      }
      await until(() => events.length >= expected.length);
      assert.deepEqual(events, expected);
      const skipped = expected.filter((it) => it === 'skip messageLength');
      assert.equal(limiting.counts.skip, skipped.length);
      client.close(1000);
      await once(client, 'close');
    });

    it('goes on after fragments', async (t) => {
      const { client, events } = await scene(t, settings);
      const send = (...lengths) => {
        for (const [i, length] of lengths.entries()) {
          const fin = i === lengths.length - 1;
          client.send(noise.subarray(i, i + length), { fin });
          if (!fin) client.ping();
        }
      };
      send(500, 500);
      send(500, 501);
      send(600, 600, 0);
      send(1, 2_000_000, 3);
      send(2_000_000, 0, 10);
      send(400, 600, 0);
      client.send('end');
      const joined = (...lengths) =>
        Buffer.concat(
          lengths.map((length, i) => noise.subarray(i, i + length))
        );
      await until(() => events.includes('end'));
      assert.deepEqual(events, [
        joined(500, 500),
        ...Array(4).fill('skip messageLength'),
        joined(400, 600),
        'end'
      ]);
    });
  });
}

describe('what is left out', { timeout: 120_000 }, () => {
  /** A masked frame, its key all zero. */
  const frame = (first, payload) => {
    const isControl = (first & 0x08) !== 0;
    const header = Buffer.alloc(isControl ? 6 : 14);
    header[0] = first;
    if (isControl) {
      header[1] = 0x80 | payload.length;
      return Buffer.concat([header, payload]);
    }
    header[1] = 0xff;
    header.writeBigUInt64BE(BigInt(payload.length), 2);
    return Buffer.concat([header, payload]);
  };

  it('is the same however its bytes are cut', async (t) => {
    const { client, events } = await scene(t, SETTINGS.plain);
    const text = Buffer.from('é'.repeat(600));
    const bytes = Buffer.concat([
      frame(0x81, Buffer.from('one')),
      frame(0x81, text),
      frame(0x01, text.subarray(0, 301)),
      frame(0x89, Buffer.from('ping')),
      frame(0x80, text.subarray(301)),
      frame(0x81, Buffer.from('two'))
    ]);
    for (const size of [1, 7, 1000]) {
      events.length = 0;
      for (let at = 0; at < bytes.length; at += size) {
        client._socket.write(bytes.subarray(at, at + size));
        if (at % 50 === 0) await new Promise((next) => setImmediate(next));
      }
      await until(() => events.length >= 4);
      assert.deepEqual(events, [
        'one',
        'skip messageLength',
        'skip messageLength',
        'two'
      ]);
    }
  });

  it('must keep to the protocol', async (t) => {
    for (const [bytes, code] of [
      [frame(0x81, Buffer.alloc(2000, 0xff)), 'WS_ERR_INVALID_UTF8'],
      [
        Buffer.concat([
          frame(0x02, noise.subarray(0, 2000)),
          frame(0x82, noise)
        ]),
        'WS_ERR_INVALID_OPCODE'
      ],
      [frame(0xc2, Buffer.alloc(2000, 0xff)), 'WS_ERR_UNEXPECTED_RSV_1']
    ]) {
      const { client, events } = await scene(t, SETTINGS.plain);
      client._socket.write(bytes);
      await once(client, 'close');
      assert.deepEqual(events, [code]);
    }
    const { client, events } = await scene(t, SETTINGS.compressed);
    client._socket.write(frame(0xc2, Buffer.alloc(2000, 0xff)));
    await once(client, 'close');
    assert.deepEqual(events, ['Z_DATA_ERROR']);
  });

  it('is not held', async (t) => {
    for (const [settings, first, chunk] of [
      [SETTINGS.plain, 0x82, noise.subarray(0, 65_536)],
      [SETTINGS.compressed, 0xc2, stored(noise.subarray(0, 65_000))],
      [SETTINGS.compressed, 0xc2, bomb()]
    ]) {
      const { client, events } = await scene(t, settings);
      const rounds = 300;
      const header = frame(first, Buffer.alloc(0));
      header.writeBigUInt64BE(BigInt(rounds * chunk.length), 2);
      client._socket.write(header);
      let most = 0;
      const before = process.memoryUsage();
      for (let i = 0; i < rounds; i++) {
        if (!client._socket.write(chunk)) {
          await once(client._socket, 'drain');
        }
        if (i % 20 !== 0) continue;
        gc();
        const { arrayBuffers, rss } = process.memoryUsage();
        most = Math.max(most, arrayBuffers - before.arrayBuffers);
        if (rss - before.rss > 200e6) assert.fail(`${rss - before.rss} bytes`);
      }
      if (first === 0xc2) {
        client._socket.write(frame(0x89, Buffer.alloc(0)));
        await once(client, 'pong');
      } else await until(() => events.length > 0);
      assert.deepEqual(events, ['skip messageLength']);
      assert.ok(most < 12e6, `${most} bytes`);
    }
  });

  /** A stored block of DEFLATE. */
  function stored(bytes) {
    const header = Buffer.alloc(5);
    header.writeUInt16LE(bytes.length, 1);
    header.writeUInt16LE(bytes.length ^ 0xffff, 3);
    return Buffer.concat([header, bytes]);
  }

  /** What inflates to a thousand times as much. */
  function bomb() {
    const { Z_SYNC_FLUSH } = constants;
    return deflateRawSync(Buffer.alloc(500_000), { finishFlush: Z_SYNC_FLUSH });
  }

  it('counts for the other limits', async (t) => {
    const server = await open(t, framewright);
    const events = [];
    limits(server.wss, {
      messageLength: { max: MAX },
      messages: { perSecond: 1, burst: 3 },
      onLimit: ({ action, limit }) => events.push(`${action} ${limit}`)
    });
    const client = await server.connect();
    for (let i = 0; i < 5; i++) client.send(Buffer.alloc(2000));
    const [code] = await once(client, 'close');
    assert.equal(code, 1008);
    assert.ok(events.includes('close messages'));
  });

  it('has a limit that is checked', () => {
    const { WebSocketServer } = framewright;
    const wss = new WebSocketServer({ noServer: true });
    for (const [messageLength, message] of [
      [{ max: 0 }, /messageLength\.max must be/],
      [{ max: 5, over: 'close' }, /messageLength\.over must be one of: skip/],
      [{ most: 5 }, /messageLength\.most is not an option/]
    ]) {
      assert.throws(() => limits(wss, { messageLength }), {
        name: 'TypeError',
        message
      });
    }
  });
});
