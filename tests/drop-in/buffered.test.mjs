// What apps ask a connection before they send: how much is buffered, and how much was written.

import { compress } from '../lib/compressed.mjs';
import { TEXT } from '../lib/frames.mjs';
import { closed, quiet, same } from '../coalescing/kit.mjs';

const RSV1 = 4;
const ON = { perMessageDeflate: { threshold: 0 } };
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const COUNT = 100;

/** Sends as public code does: nothing to who seems to be slow. */
function guard(ws, message, skipped) {
  if (ws.bufferedAmount === 0) ws.send(message);
  else skipped.push(message);
}

/** All numbers up to `COUNT`, as messages. */
const ALL = Array.from({ length: COUNT }, (_, i) => `${i}`);

/** Plays it on a connection, and logs what was skipped and what arrived. */
function guarded(act) {
  return async (scene) => {
    const { server, ws, peer } = await scene.accept();
    const skipped = [];
    await act({ scene, server, ws, peer, skipped });
    await peer.received(COUNT - skipped.length);
    await quiet(2);
    scene.log(skipped, ...peer.frames().map(([, payload]) => payload));
  };
}

same(
  'guarded sends in a loop all leave',
  guarded(({ ws, skipped }) => {
    for (const text of ALL) guard(ws, text, skipped);
  }),
  { expected: [[[], ...ALL]] }
);

same(
  'guarded sends of Buffers in a loop all leave',
  guarded(({ ws, skipped }) => {
    for (const text of ALL) guard(ws, Buffer.from(text), skipped);
  }),
  { expected: [[[], ...ALL]] }
);

same(
  'guarded sends in timers all leave',
  guarded(async ({ ws, skipped }) => {
    for (let i = 0; i < COUNT; i += 5) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (const text of ALL.slice(i, i + 5)) guard(ws, text, skipped);
    }
  }),
  { expected: [[[], ...ALL]] }
);

same(
  'guarded sends in microtasks and ticks all leave',
  guarded(async ({ ws, skipped }) => {
    for (const [i, text] of ALL.entries()) {
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      guard(ws, text, skipped);
      if (i % 2) await undefined;
      if (i % 7 === 0)
        await new Promise((resolve) => process.nextTick(resolve));
    }
  }),
  { expected: [[[], ...ALL]] }
);

same(
  'guarded sends of a relay’s handlers all leave',
  guarded(async ({ scene, server, ws, peer, skipped }) => {
    const { WebSocket } = scene.copy;
    const source = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
    scene.onEnd(() => source.terminate());
    server.on('connection', (from) => {
      from.on('message', (data) => {
        for (const to of server.clients) {
          if (to !== from) guard(to, `${data}`, skipped);
        }
      });
    });
    await new Promise((resolve) => source.once('open', resolve));
    source._socket.cork();
    for (const text of ALL) source.send(text);
    source._socket.uncork();
    await peer.received(1);
    scene.log(ws.bufferedAmount);
  }),
  { expected: [[0], [[], ...ALL]] }
);

same(
  'guarded echoes of a chunk of messages all leave',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const skipped = [];
    ws.on('message', (data) => guard(ws, `${data}`, skipped));
    peer.send(...ALL.map((payload) => ({ opcode: TEXT, payload })));
    await peer.received(COUNT - skipped.length);
    await quiet(2);
    scene.log(skipped, peer.frames().length);
  },
  { expected: [[[], COUNT]] }
);

same(
  'who doesn’t read is seen to be slow',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const skipped = [];
    peer.socket.pause();
    ws.send(Buffer.alloc(16 * 1024 * 1024));
    await quiet();
    for (const text of ALL) guard(ws, text, skipped);
    scene.log(skipped.length);
    const { bufferedAmount } = ws;
    ws.send('text');
    scene.log(ws.bufferedAmount - bufferedAmount);
    ws.send(Buffer.alloc(300));
    scene.log(ws.bufferedAmount - bufferedAmount);
  },
  { expected: [[COUNT], [6], [6 + 304]] }
);

for (const inside of [false, true]) {
  const place = inside ? 'in a handler' : 'outside of handlers';

  /** Plays it at a place, on a connection with or without compression. */
  const at = (act, count, isCompressed) => async (scene) => {
    const { ws, peer } = isCompressed
      ? await scene.accept(ON, OFFER)
      : await scene.accept();
    const start = ws._socket.bytesWritten;
    const look = (...what) =>
      scene.log(...what, ws.bufferedAmount, ws._socket.bytesWritten - start);
    const run = () => act({ scene, ws, look });
    if (inside) ws.once('message', run);
    else run();
    peer.send({ opcode: TEXT }, { opcode: TEXT });
    if (count > 0) await peer.received(count);
    else await closed(ws);
    await quiet();
    look('at last');
    scene.log(...peer.frames().map(([first]) => first));
  };

  same(
    `${place}, bufferedAmount and bytesWritten are right after each call`,
    at(({ ws, look }) => {
      ws.send('12345', () => look('callback'));
      look('text');
      ws.send(Buffer.alloc(200));
      look('Buffer');
      ws.ping();
      look('ping');
      for (let i = 0; i < 4; i++) ws.send('x');
      look('more');
      ws.send(Buffer.alloc(40_000));
      look('long');
    }, 8),
    {
      expected: [
        ['text', 0, 7],
        ['Buffer', 0, 211],
        ['ping', 0, 213],
        ['more', 0, 225],
        ['long', 0, 40_229],
        ['callback', 0, 40_229],
        ['at last', 0, 40_229],
        [0x81, 0x82, 0x89, 0x81, 0x81, 0x81, 0x81, 0x82]
      ]
    }
  );

  same(
    `${place}, bufferedAmount counts what is being compressed`,
    at(
      ({ ws, look }) => {
        ws.send('plain', { compress: false });
        look('plain');
        ws.send('12345');
        look('text');
        ws.send(Buffer.alloc(200));
        look('Buffer');
        ws.send('plain', { compress: false });
        look('plain');
      },
      4,
      true
    ),
    {
      expected: [
        ['plain', 0, 7],
        ['text', 5, 7],
        ['Buffer', 205, 7],
        ['plain', 210, 7],
        ['at last', 0, 30],
        [0x81, 0xc1, 0xc2, 0x81]
      ]
    }
  );

  same(
    `${place}, what is sent compressed before terminate() is lost, and its callbacks hear of it`,
    at(
      ({ scene, ws, look }) => {
        const cb = (name) => (err) => scene.log(name, err ?? 'sent');
        ws.on('close', (code) => scene.log('close', code));
        ws.send('plain', { compress: false }, cb('first'));
        ws.send('compressed', cb('second'));
        ws.send('plain', { compress: false }, cb('third'));
        look('sent');
        ws.terminate();
        look('terminated');
      },
      0,
      true
    )
  );
}

for (const count of [1, 3]) {
  same(
    `${count} compressed messages in a chunk are each answered when guarded`,
    async (scene) => {
      const { ws, peer } = await scene.accept(ON, OFFER);
      const skipped = [];
      ws.on('message', (data) => guard(ws, `${data}`, skipped));
      for (let i = 0; i < count; i++) {
        const payload = compress(Buffer.from(`message ${i}`));
        peer.send({ opcode: TEXT, rsv: RSV1, payload });
        await peer.received(i + 1);
      }
      scene.log(skipped, peer.frames().length);
    },
    { expected: [[[], count]] }
  );
}
