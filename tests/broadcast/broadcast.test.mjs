// broadcast() and prepare(): what each connection is sent, and in which order.

import assert from 'node:assert/strict';

import { broadcast, prepare } from 'framewright/broadcast';

import { decodeFrames } from '../lib/decode-frames.mjs';
import { decodeMessages } from '../lib/decode-messages.mjs';
import { BINARY, TEXT } from '../lib/frames.mjs';

import { describeEach, quiet } from './support/kinds.mjs';

const CONTEXT_TAKEOVER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const NO_CONTEXT_TAKEOVER = {
  'Sec-WebSocket-Extensions': 'permessage-deflate; server_no_context_takeover'
};

const text = (frames) => frames.map(([, payload]) => payload.toString());

/** Waits for so many whole frames. */
async function received(peer, count) {
  const isWhole = () => {
    const frames = peer.frames();
    return frames.length >= count && frames[count - 1][0] !== 'rest';
  };
  await peer.until(isWhole);
  return peer.frames();
}

/** Opens several connections, each to a server of its own. */
function acceptAll(scene, count, options, headers) {
  return Promise.all(
    Array.from({ length: count }, () => scene.accept(options, headers))
  );
}

describeEach('broadcast()', ({ it, isAccelerated }) => {
  it('frames text and bytes of every length', async (scene) => {
    const pairs = await acceptAll(scene, 2);
    const clients = pairs.map(({ ws }) => ws);
    const messages = [];
    for (const len of [0, 1, 125, 126, 127, 65535, 65536, 200_000]) {
      messages.push('x'.repeat(len), Buffer.alloc(len, 'y'));
    }
    for (const message of messages) {
      assert.deepEqual(broadcast(clients, message), {
        sent: 2,
        skipped: 0,
        dropped: 0,
        closed: 0
      });
    }
    for (const { peer } of pairs) {
      const frames = await received(peer, messages.length);
      assert.deepEqual(
        frames,
        messages.map((message) => [
          typeof message === 'string' ? 0x80 | TEXT : 0x80 | BINARY,
          Buffer.from(message)
        ])
      );
    }
  });

  it('takes every type of data', async (scene) => {
    const { ws, peer } = await scene.accept();
    const view = new Uint16Array([1, 2, 3, 4]).subarray(1, 3);
    broadcast([ws], 'é€😀');
    broadcast([ws], 42);
    broadcast([ws], view);
    broadcast([ws], new DataView(view.buffer, 2, 4));
    broadcast([ws], new Uint8Array([5, 6]).buffer);
    broadcast([ws], [Buffer.from([7]), new Uint8Array([8])]);
    broadcast([ws], []);
    broadcast([ws], Buffer.from('text'), { binary: false });
    broadcast([ws], 'bytes', { binary: true });
    assert.deepEqual(await received(peer, 9), [
      [0x81, Buffer.from('é€😀')],
      [0x81, Buffer.from('42')],
      [0x82, Buffer.from([2, 0, 3, 0])],
      [0x82, Buffer.from([2, 0, 3, 0])],
      [0x82, Buffer.from([5, 6])],
      [0x82, Buffer.from([7, 8])],
      [0x82, Buffer.alloc(0)],
      [0x81, Buffer.from('text')],
      [0x82, Buffer.from('bytes')]
    ]);
  });

  it('sends what the data was when it was called', async (scene) => {
    const [{ ws, peer }] = await acceptAll(scene, 1);
    const data = Buffer.from('as it was');
    const prepared = prepare(data);
    broadcast([ws], data);
    data.fill('?');
    broadcast([ws], prepared);
    assert.deepEqual(text(await received(peer, 2)), ['as it was', 'as it was']);
  });

  for (const inside of [false, true]) {
    it(`keeps the order with everything else, ${inside ? 'in' : 'outside of'} a handler`, async (scene) => {
      const [one, two] = await acceptAll(scene, 2);
      const act = () => {
        one.ws.send('1');
        broadcast([one.ws, two.ws], '2');
        broadcast([one.ws, two.ws], '3');
        one.ws.send('4');
        one.ws._sender.sendFrame([Buffer.from([0x81, 1, 0x35])]);
        broadcast([one.ws, two.ws], '6'.repeat(40_000));
        broadcast([one.ws, two.ws], '7');
        one.ws.ping('8');
        broadcast([two.ws, one.ws], '9');
        one.ws._socket.write(Buffer.from([0x81, 1, 0x61]));
        broadcast([one.ws, two.ws], 'b');
        two.ws.send('c');
      };
      if (inside) {
        one.ws.once('message', act);
        one.peer.send({ opcode: TEXT });
      } else {
        act();
      }
      const short = (frames) => text(frames).map(([first]) => first);
      assert.equal(short(await received(one.peer, 11)).join(''), '123456789ab');
      assert.equal(short(await received(two.peer, 7)).join(''), '23679bc');
    });
  }

  it('sends each connection its own share of several topics', async (scene) => {
    const pairs = await acceptAll(scene, 4);
    const [a, b, c, d] = pairs.map(({ ws }) => ws);
    for (let i = 0; i < 3; i++) {
      broadcast([a, b, c], `x${i}`);
      broadcast([b, c, d], `y${i}`);
      broadcast([d, a], `z${i}`);
      c.send(`c${i}`);
    }
    const expected = ['x z', 'x y', 'x y c', 'y z'].map((names) =>
      [0, 1, 2].flatMap((i) => names.split(' ').map((name) => name + i))
    );
    for (const [i, { peer }] of pairs.entries()) {
      assert.deepEqual(
        text(await received(peer, expected[i].length)),
        expected[i]
      );
    }
  });

  it('masks for a client, with a key of its own for each frame', async (scene) => {
    const { ws, peer } = await scene.connect();
    const prepared = prepare('a message that is long enough to tell');
    for (let i = 0; i < 8; i++) broadcast([ws], prepared);
    await received(peer, 8);
    const frames = decodeFrames(peer.bytes());
    for (const { first, masked, payload } of frames) {
      assert.deepEqual(
        [first, masked, payload.toString()],
        [0x81, true, 'a message that is long enough to tell']
      );
    }
    const keys = new Set();
    const bytes = peer.bytes();
    const frameLen = bytes.length / 8;
    for (let at = 2; at < bytes.length; at += frameLen) {
      keys.add(bytes.readUInt32BE(at));
    }
    assert.ok(keys.size > 1);
  });

  it('passes over those that are not open', async (scene) => {
    const [one, two] = await acceptAll(scene, 2);
    const opening = new scene.copy.WebSocket('ws://127.0.0.1:1');
    opening.on('error', () => {});
    one.ws.close(1000);
    const { sent } = broadcast([one.ws, opening, two.ws], 'x');
    assert.equal(sent, 1);
    assert.deepEqual(text(await received(two.peer, 1)), ['x']);
    opening.terminate();
  });

  it('continues a fragmented message that is under way, as in ws', async (scene) => {
    const { ws, peer } = await scene.accept();
    ws.send('frag', { fin: false });
    broadcast([ws], 'ment');
    broadcast([ws], 'next');
    assert.deepEqual(
      (await received(peer, 3)).map(([first]) => first),
      [0x01, 0x80, 0x81]
    );
  });

  for (const [takeover, headers] of [
    [true, CONTEXT_TAKEOVER],
    [false, NO_CONTEXT_TAKEOVER]
  ]) {
    it(`compresses where that was negotiated, context takeover: ${takeover}`, async (scene) => {
      const options = { perMessageDeflate: { threshold: 100 } };
      const pairs = await acceptAll(scene, 3, options, headers);
      pairs.push(await scene.accept(options));
      const clients = pairs.map(({ ws }) => ws);
      const long = 'compressible '.repeat(100);
      const messages = [
        ['short', true],
        [long, true],
        [long, false],
        [`${long}!`, true],
        ['short again', false],
        [Buffer.from(long), true]
      ];
      for (const [message, compress] of messages) {
        broadcast(clients, message, { compress });
        // After what is still being compressed.
        clients[0].send('own', { compress: false });
      }
      for (const [i, { peer }] of pairs.entries()) {
        await received(peer, i === 0 ? 12 : 6);
        const frames = decodeMessages(peer.bytes(), takeover);
        const expected = messages.flatMap(([message, compress]) => {
          const payload = Buffer.from(message);
          const isCompressed =
            compress && i < 3 && (takeover || payload.length >= 100);
          const opcode = typeof message === 'string' ? TEXT : BINARY;
          const frame = {
            first: 0x80 | (isCompressed ? 0x40 : 0) | opcode,
            masked: false,
            payload
          };
          const own = {
            first: 0x81,
            masked: false,
            payload: Buffer.from('own')
          };
          return i === 0 ? [frame, own] : [frame];
        });
        assert.deepEqual(frames, expected);
      }
    });
  }

  for (const [slow, key] of [
    ['skip', 'skipped'],
    ['drop', 'dropped'],
    ['close', 'closed']
  ]) {
    it(`${slow}s those that read too slowly`, async (scene) => {
      const [fast, late] = await acceptAll(scene, 2);
      const clients = [fast.ws, late.ws];
      late.peer.socket.pause();
      while (late.ws._socket.writableLength < 200_000) {
        late.ws.send(Buffer.alloc(200_000));
        await quiet(1);
      }
      const none = { sent: 0, skipped: 0, dropped: 0, closed: 0 };
      assert.deepEqual(
        broadcast(clients, 'all', { slow, threshold: 1e9, compress: false }),
        { ...none, sent: 2 }
      );
      assert.deepEqual(
        broadcast(clients, 'some', { slow, threshold: 100_000 }),
        {
          ...none,
          sent: 1,
          [key]: 1
        }
      );
      assert.deepEqual(text(await received(fast.peer, 2)), ['all', 'some']);
      assert.equal(
        late.ws.readyState,
        slow === 'skip' ? late.ws.OPEN : late.ws.CLOSING
      );
      late.peer.socket.resume();
      if (slow === 'drop') {
        await late.peer.ended();
      } else {
        await late.peer.until(() => {
          const [first, payload] = late.peer.frames().at(-1) ?? [];
          return slow === 'close'
            ? first === 0x88 && payload.readUInt16BE() === 1013
            : first === 0x81 && payload.toString() === 'all';
        });
      }
    });
  }

  it('calls the callback of prepared.send() once', async (scene) => {
    const [one, two] = await acceptAll(scene, 2);
    const prepared = prepare('x');
    const calls = [];
    const cb = (name) => (err) => calls.push([name, err?.message]);
    one.ws.send('a', cb('a'));
    prepared.send(one.ws, cb('b'));
    prepared.send(one.ws, cb('c'));
    one.ws.send('d', cb('d'));
    prepared.send(one.ws);
    assert.deepEqual(calls, []);
    two.ws.terminate();
    prepared.send(two.ws, cb('closed'));
    await received(one.peer, 5);
    await quiet();
    const [closed] = calls.filter(([name]) => name === 'closed');
    assert.match(closed[1], /not open: readyState 2/);
    assert.deepEqual(
      calls.filter(([name]) => name !== 'closed'),
      ['a', 'b', 'c', 'd'].map((name) => [name, undefined])
    );
    const opening = new scene.copy.WebSocket('ws://127.0.0.1:1');
    opening.on('error', () => {});
    assert.throws(() => prepared.send(opening), /CONNECTING/);
    opening.terminate();
  });

  it('goes out before terminate()', async (scene) => {
    const { ws, peer } = await scene.accept();
    broadcast([ws], 'one');
    broadcast([ws], 'two');
    ws.terminate();
    await peer.ended();
    assert.deepEqual(text(peer.frames()), ['one', 'two']);
  });

  it('refuses what it cannot do', async (scene) => {
    const { ws } = await scene.accept();
    const refusals = [
      [null, {}],
      [undefined, {}],
      [{}, {}],
      [['a'], {}],
      [true, {}],
      ['x', { slow: 'wait' }],
      ['x', { threshold: 5 }],
      ['x', { slow: 'skip', threshold: '5' }],
      ['x', { slow: 'skip', threshold: NaN }],
      ['x', { slow: 'skip', threshold: -1 }]
    ];
    for (const [data, options] of refusals) {
      assert.throws(() => broadcast([ws], data, options), TypeError);
    }
  });

  if (!isAccelerated) return;

  it('does not count as buffered while it only waits for others', async (scene) => {
    const { ws, peer } = await scene.accept();
    broadcast([ws], 'first');
    await received(peer, 1);
    broadcast([ws], 'x'.repeat(40));
    broadcast([ws], 'y'.repeat(200));
    assert.equal(ws.bufferedAmount, 0);
    await received(peer, 3);
    assert.equal(ws.bufferedAmount, 0);
  });

  it('hands one joined buffer to all sockets, once a tick', async (scene) => {
    const pairs = await acceptAll(scene, 3);
    const clients = pairs.map(({ ws }) => ws);
    // What is sent first on a connection gives it its outbox.
    broadcast(clients, 'first');
    await Promise.all(pairs.map(({ peer }) => received(peer, 1)));
    const writes = pairs.map(() => []);
    for (const [i, { _socket: socket }] of clients.entries()) {
      const { write } = socket;
      socket.write = function (chunk, ...rest) {
        writes[i].push(chunk);
        return write.call(this, chunk, ...rest);
      };
    }
    for (let i = 0; i < 8; i++) broadcast(clients, `message ${i}`);
    await Promise.all(pairs.map(({ peer }) => received(peer, 9)));
    assert.deepEqual(
      writes.map(({ length }) => length),
      [1, 1, 1]
    );
    assert.equal(writes[0][0], writes[1][0]);
    assert.equal(writes[0][0], writes[2][0]);
    assert.equal(writes[0][0].length, 8 * 11);
  });
});
