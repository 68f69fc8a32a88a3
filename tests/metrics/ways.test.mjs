// framewright/metrics: a message counts once, whichever way it takes, and whether the codec decodes it or ws does.

import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';

import { accelerate, status } from 'framewright';
import { broadcast } from 'framewright/broadcast';
import { metrics } from 'framewright/metrics';

import { compress } from '../lib/compressed.mjs';
import { BINARY, CONTINUATION, PING, PONG, TEXT } from '../lib/frames.mjs';
import { loadAccelerated, loadCopy, NEWEST } from '../lib/ws-copies.mjs';
import { until } from '../limits/kit.mjs';
import { closed, Scene } from '../semantics/support/scene.mjs';

const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

/** A scene on a copy of ws, which ends with the test. */
function sceneOf(t, copy) {
  const scene = new Scene(copy);
  t.after(() => scene.end());
  return scene;
}

/** Counts for as long as the test takes. */
function count(t, target) {
  const counting = metrics(target);
  t.after(() => counting.close());
  return counting;
}

/** Collects what is published of messages in one direction. */
function collect(t, way, trace, show) {
  const name = `framewright:message:${way}`;
  const listener = (message) => trace.push(show(message));
  diagnostics.subscribe(name, listener);
  t.after(() => diagnostics.unsubscribe(name, listener));
}

const traffic = (text, binary, pings = 0, pongs = 0) => ({
  text: { messages: text[0], bytes: text[1] },
  binary: { messages: binary[0], bytes: binary[1] },
  pings,
  pongs
});

function without({ wireBytes, ...rest }) {
  assert.equal(typeof wireBytes, 'number');
  return rest;
}

/** 5 text messages of 7, 0, 9, 2 and 300,000 bytes, 2 binary ones of 300 and 3, 2 pings and a pong. */
const FRAMES = [
  { opcode: TEXT, payload: 'grüße' },
  { opcode: BINARY, payload: Buffer.alloc(300, 0x80) },
  { opcode: PING, payload: 'here' },
  { opcode: TEXT },
  { opcode: TEXT, payload: 'four', fin: false },
  { opcode: PING },
  { opcode: CONTINUATION, fin: false },
  { opcode: CONTINUATION, payload: ' more' },
  { opcode: PONG, payload: 'x' },
  { opcode: BINARY, payload: 'ab', fin: false },
  { opcode: CONTINUATION, payload: 'c' },
  { opcode: TEXT, payload: 'ok' },
  { opcode: TEXT, payload: 'x'.repeat(300_000) }
];
const RECEIVED = traffic([5, 300_018], [2, 303], 2, 1);
const TYPES = [
  ...['text 7', 'binary 300', 'text 0', 'text 9'],
  ...['binary 3', 'text 2', 'text 300000']
];

const typeOf = (data, isBinary) =>
  `${isBinary ? 'binary' : 'text'} ${data.byteLength ?? Buffer.concat(data).length}`;

for (const [title, load] of [
  [`ws ${NEWEST} accelerated`, () => loadAccelerated(NEWEST)],
  ['ws 8.5 accelerated', () => loadAccelerated('8.5')],
  [`ws ${NEWEST}`, () => loadCopy(NEWEST)],
  ['ws 8.5', () => loadCopy('8.5')]
]) {
  describe(title, { timeout: 60_000 }, () => {
    const copy = load();
    const isAccelerated = title.endsWith('accelerated');

    for (const [how, prepare, options] of [
      ['at once', () => {}],
      ['as ArrayBuffers', (ws) => (ws.binaryType = 'arraybuffer')],
      ['as fragments', (ws) => (ws.binaryType = 'fragments')],
      ['later', () => {}, { allowSynchronousEvents: false }]
    ]) {
      for (const pieceLength of [Infinity, 7]) {
        const size = pieceLength === Infinity ? 'one piece' : 'small pieces';

        it(`counts what comes in ${size} and is delivered ${how}`, async (t) => {
          const scene = sceneOf(t, copy);
          const { ws, peer } = await scene.accept(options);
          const counting = count(t, ws);
          prepare(ws);
          const seen = [];
          const trace = [];
          ws.on('message', (data, isBinary) => {
            seen.push(typeOf(data, isBinary));
            trace.push('handler');
          });
          if (pieceLength !== Infinity) {
            collect(t, 'in', trace, ({ data, isBinary, websocket }) => {
              assert.equal(websocket, ws);
              return typeOf(data, isBinary);
            });
          }
          const bytes = peer.encode(...FRAMES);
          const head = bytes.subarray(0, 500);
          for (let i = 0; i < head.length; i += pieceLength) {
            peer.socket.write(head.subarray(i, i + pieceLength));
            await new Promise((resolve) => setImmediate(resolve));
          }
          peer.socket.write(bytes.subarray(500));
          await until(() => seen.length === 7);

          assert.deepEqual(seen, TYPES);
          const { received } = counting.connection(ws);
          assert.deepEqual(without(received), RECEIVED);
          assert.equal(received.wireBytes, bytes.length);
          if (pieceLength !== Infinity) {
            assert.deepEqual(
              trace,
              TYPES.flatMap((type) => [type, 'handler'])
            );
          }
          // By the codec where it is accelerated, else by what ws emits.
          const { emit } = EventEmitter.prototype;
          assert.equal(ws.emit, emit);
          assert.equal(ws._receiver.emit === emit, isAccelerated);
          assert.equal(Object.hasOwn(ws, 'send'), !isAccelerated);
        });
      }
    }

    it('counts what was compressed', async (t) => {
      const scene = sceneOf(t, copy);
      const { ws, peer } = await scene.accept(
        { perMessageDeflate: { threshold: 0 } },
        OFFER
      );
      const counting = count(t, ws);
      const deflated = (text) => ({
        opcode: TEXT,
        rsv: 4,
        payload: compress(Buffer.from(text))
      });
      const seen = [];
      ws.on('message', (data) => {
        seen.push(data.length);
        ws.send(data, { binary: false });
      });
      const { payload: long } = deflated('long '.repeat(50_000));
      peer.send(
        deflated('grüße'),
        { opcode: TEXT, payload: 'as it is' },
        { ...deflated(''), payload: long.subarray(0, 100), fin: false },
        { opcode: CONTINUATION, payload: long.subarray(100) },
        deflated('the end')
      );
      await until(() => seen.length === 4);
      assert.deepEqual(seen, [7, 8, 250_000, 7]);
      const { received, sent } = counting.connection(ws);
      assert.deepEqual(without(received), traffic([4, 250_022], [0, 0]));
      assert.deepEqual(without(sent), traffic([4, 250_022], [0, 0]));
    });

    it('counts what is sent, in whichever way', async (t) => {
      const scene = sceneOf(t, copy);
      const { ws, client } = await scene.pair();
      const counting = count(t, [ws, client]);
      const out = [];
      collect(t, 'out', out, ({ data, isBinary, websocket }) => [
        websocket === client,
        data,
        isBinary
      ]);
      let got = 0;
      for (const end of [ws, client]) end.on('message', () => got++);
      const bytes = Buffer.from('bytes');
      for (const end of [ws, client]) {
        end.send('grüße');
        end.send('ü'.repeat(40_000));
        end.send(bytes, { binary: false });
        end.send(bytes);
        end.send('as binary', { binary: true }, () => {});
        end.send(12, () => {});
        end.send(new Uint16Array(3));
        end.send(new ArrayBuffer(5));
        end.send('in two ', { fin: false });
        end.send('fragments');
        end.ping();
        end.pong('x');
      }
      await until(() => got === 18);
      for (const end of [ws, client]) {
        // One of its own, and the answer to a ping.
        await until(() => counting.connection(end).sent.pongs === 2);
        assert.deepEqual(
          without(counting.connection(end).sent),
          traffic([6, 80_030], [4, 25], 1, 2)
        );
      }
      assert.equal(out.length, 20);
      assert.deepEqual(out.slice(2, 4), [
        [false, bytes, false],
        [false, bytes, true]
      ]);
      assert.deepEqual(out[10], [true, 'grüße', false]);

      client.close();
      client.send('too late', () => {});
      assert.equal(counting.connection(client).sent.text.messages, 6);
      await closed(client);
      assert.equal(out.length, 20);
    });

    it('counts once where a class or the app has its own send()', async (t) => {
      class Own extends copy.WebSocket {
        send(...args) {
          super.send(...args);
        }
      }
      const scene = sceneOf(t, copy);
      const { client, server, ws } = await scene.pair({ WebSocket: Own });
      const wrapped = client.send;
      client.send = function (...args) {
        return wrapped.apply(this, args);
      };
      const counting = count(t, [server, client]);
      const { send } = ws;
      ws.send = (...args) => send.apply(ws, args);
      let got = 0;
      for (const end of [ws, client]) end.on('message', () => got++);
      ws.send('one');
      client.send('two');
      broadcast([ws], 'three');
      await until(() => got === 3);
      assert.equal(counting.connection(ws).sent.text.messages, 2);
      assert.equal(counting.connection(client).sent.text.messages, 1);
    });

    it('goes on after a pause in which nobody counted', async (t) => {
      const scene = sceneOf(t, copy);
      const { ws, peer } = await scene.accept();
      const first = count(t, ws);
      const second = count(t, ws);
      let got = 0;
      ws.on('message', (data) => {
        got++;
        ws.send(data, { binary: false });
      });
      const round = async () => {
        const before = got;
        peer.send({ opcode: TEXT, payload: 'x' }, { opcode: PING });
        await until(() => got > before);
      };
      await round();
      first.close();
      await round();
      second.close();
      await round();
      const third = count(t, ws);
      await round();
      await until(() => third.connection(ws).received.pings === 1);

      for (const [counting, messages] of [
        [first, 1],
        [second, 2],
        [third, 1]
      ]) {
        const { received, sent } = counting.snapshot();
        assert.deepEqual(received.text, { messages, bytes: messages });
        assert.deepEqual(sent.text, { messages, bytes: messages });
      }
    });

    it('delivers all of a chunk in which it is closed or begun', async (t) => {
      const scene = sceneOf(t, copy);
      const { ws, peer } = await scene.accept();
      const first = count(t, ws);
      const seen = [];
      let second;
      collect(t, 'in', [], () => {});
      ws.on('message', (data) => {
        if (seen.push(`${data}`) === 2) first.close();
        if (seen.length === 3) second = count(t, ws);
      });
      const texts = Array.from({ length: 200 }, (_, i) => `${i}`);
      peer.send(...texts.map((payload) => ({ opcode: TEXT, payload })));
      await until(() => seen.length === 200);
      assert.deepEqual(seen, texts);
      const before = first.snapshot().received.text.messages;
      peer.send({ opcode: TEXT, payload: 'more' });
      await until(() => seen.length === 201);
      assert.ok(before >= 2);
      assert.equal(first.snapshot().received.text.messages, before);
      assert.ok(second.connection(ws).received.text.messages >= 1);
    });
  });
}

describe('A connection that is counted', { timeout: 60_000 }, () => {
  it('can be left to ws', async (t) => {
    const scene = sceneOf(t, loadAccelerated(NEWEST));
    const { ws, peer } = await scene.accept();
    const counting = count(t, ws);
    const seen = [];
    ws.on('message', (data) => seen.push(`${data}`));
    peer.send({ opcode: TEXT, payload: 'codec' }, { opcode: PING });
    await until(() => seen.length === 1);

    const { dataMessage } = ws._receiver;
    let calls = 0;
    ws._receiver.dataMessage = function (...args) {
      calls++;
      return dataMessage.apply(this, args);
    };
    peer.send({ opcode: TEXT, payload: 'ws' }, { opcode: PING });
    await until(() => seen.length === 2);
    assert.equal(calls, 1);
    await until(() => counting.connection(ws).received.pings === 2);
    assert.deepEqual(
      without(counting.connection(ws).received),
      traffic([2, 7], [0, 0], 2)
    );

    counting.close();
    assert.equal(ws._receiver.emit, EventEmitter.prototype.emit);
    peer.send({ opcode: TEXT, payload: 'unseen' });
    await until(() => seen.length === 3);
    assert.equal(counting.snapshot().received.text.messages, 2);
  });

  it('may have been left to ws before', async (t) => {
    const scene = sceneOf(t, loadAccelerated(NEWEST));
    for (const isUsed of [false, true]) {
      const { ws, peer } = await scene.accept();
      const { getData } = ws._receiver;
      ws._receiver.getData = (...args) => getData.apply(ws._receiver, args);
      if (isUsed) {
        peer.send({ opcode: TEXT, payload: 'before' });
        await once(ws, 'message');
      }
      const counting = count(t, ws);
      peer.send({ opcode: TEXT, payload: 'x' });
      await once(ws, 'message');
      assert.equal(counting.connection(ws).received.text.messages, 1);
    }
  });

  it('can be accelerated', async (t) => {
    const copy = loadCopy(NEWEST);
    const scene = sceneOf(t, copy);
    const { ws, peer } = await scene.accept();
    const counting = count(t, ws);
    const seen = [];
    ws.on('message', (data) => {
      seen.push(`${data}`);
      ws.send(data, { binary: false });
    });
    accelerate(copy.WebSocket);
    const { messages } = status().counters;
    peer.send({ opcode: TEXT, payload: 'codec' }, { opcode: PING });
    await until(() => seen.length === 1);
    assert.equal(status().counters.messages, messages + 1);
    const { received, sent } = counting.connection(ws);
    assert.deepEqual(without(received), traffic([1, 5], [0, 0], 1));
    assert.deepEqual(sent.text, { messages: 1, bytes: 5 });
  });

  it('can speak inside a handler of another', async (t) => {
    const scene = sceneOf(t, loadAccelerated(NEWEST));
    const one = await scene.acceptDirectly();
    const two = await scene.acceptDirectly();
    const counting = count(t, [one.ws, two.ws]);
    const trace = [];
    const show = ({ websocket, data }) =>
      `${websocket === one.ws ? 'one' : 'two'} ${data}`;
    collect(t, 'in', trace, show);
    one.ws.on('message', (data) => {
      trace.push(`handler of one ${data}`);
      two.peer.send(
        { opcode: TEXT, payload: `${data}x` },
        { opcode: TEXT, payload: `${data}y` }
      );
    });
    two.ws.on('message', (data) => trace.push(`handler of two ${data}`));
    one.peer.send(
      { opcode: TEXT, payload: 'a' },
      { opcode: TEXT, payload: 'b' }
    );
    await until(() => trace.length === 12);
    for (const ends of [
      ['one a', 'one b'],
      ['two ax', 'two ay', 'two bx', 'two by']
    ]) {
      for (const text of ends) {
        assert.equal(
          trace.indexOf(`handler of ${text}`) - trace.indexOf(text),
          1
        );
      }
    }
    assert.deepEqual(
      without(counting.snapshot().received),
      traffic([6, 10], [0, 0])
    );
  });

  it('has one handler in 64 timed, whatever comes at once', async (t) => {
    const scene = sceneOf(t, loadAccelerated(NEWEST));
    const { ws, peer } = await scene.accept();
    const counting = count(t, ws);
    let got = 0;
    ws.on('message', () => got++);
    const frames = Array.from({ length: 3200 }, () => ({ opcode: TEXT }));
    peer.send(...frames);
    await until(() => got === 3200);
    assert.equal(counting.snapshot().handlerTime.count, 50);
  });

  it('has received only what has come', async (t) => {
    const scene = sceneOf(t, loadAccelerated(NEWEST));
    const { ws, peer } = await scene.accept();
    const counting = count(t, ws);
    let got = 0;
    ws.on('message', () => got++);
    ws.emit('message', Buffer.from('by the app'), false);
    ws.emit('ping', Buffer.alloc(0));
    assert.equal(got, 1);
    peer.send({ opcode: TEXT, payload: 'x' });
    await until(() => got === 2);
    assert.deepEqual(
      without(counting.connection(ws).received),
      traffic([1, 1], [0, 0])
    );
  });
});
