// permessage-deflate over sockets: the parameters, fragments, control frames between, broken data, limits.

import { compress } from '../lib/compressed.mjs';
import { decodeMessages } from '../lib/decode-messages.mjs';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  PING,
  TEXT,
  closeBody
} from '../lib/frames.mjs';

import { oursOnly, same } from './support/kit.mjs';
import { closed, quiet } from './support/scene.mjs';

const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const ON = { perMessageDeflate: { threshold: 0 } };
const RSV1 = 4;
const BOMB = [
  [
    'ws',
    'error',
    [
      'RangeError',
      'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
      'Max payload size exceeded',
      1009
    ]
  ],
  ['code', 1009],
  ['ws', 'close', 1006, '']
];

/** Frames of a text, compressed and cut. */
function compressed(text, count = 1, history) {
  const bytes = compress(Buffer.from(text), history && Buffer.from(history));
  const len = Math.ceil(bytes.length / count);
  return Array.from({ length: count }, (_, i) => ({
    fin: i === count - 1,
    rsv: i === 0 ? RSV1 : 0,
    opcode: i === 0 ? TEXT : CONTINUATION,
    payload: bytes.subarray(i * len, (i + 1) * len)
  }));
}

same('compressed and plain messages, in order', async (scene) => {
  const { ws, peer } = await scene.accept(ON, OFFER);
  scene.watch(ws);
  scene.log(ws.extensions);
  peer.send(
    ...compressed('one'),
    { opcode: TEXT, payload: 'two' },
    { opcode: PING, payload: 'p' },
    ...compressed('three', 1, 'one'),
    ...compressed(''),
    { opcode: BINARY, payload: 'four' }
  );
  await quiet();
});

same('a compressed message in fragments, pings between', async (scene) => {
  const { ws, peer } = await scene.accept(ON, OFFER);
  scene.watch(ws);
  const frames = compressed('a text that is long enough to be cut', 4);
  peer.send(
    ...frames.flatMap((frame) => [{ opcode: PING, payload: 'p' }, frame]),
    { fin: false, rsv: RSV1, opcode: BINARY },
    { opcode: CONTINUATION, payload: compress(Buffer.from('binary')) }
  );
  await quiet();
});

same(
  'a close frame after compressed messages waits for them',
  async (scene) => {
    const { ws, peer } = await scene.accept(ON, OFFER);
    scene.watch(ws);
    peer.send(
      ...compressed('one'),
      ...compressed('two'),
      { opcode: CLOSE, payload: closeBody(1000, 'bye') },
      ...compressed('three')
    );
    scene.log('frames', ...(await peer.received(1)));
    peer.socket.end();
    await closed(ws);
  }
);

same('the socket ends while a message is being inflated', async (scene) => {
  const { ws, peer } = await scene.accept(ON, OFFER);
  scene.watch(ws);
  peer.socket.end(peer.encode(...compressed('one'), ...compressed('two')));
  await closed(ws);
});

for (const action of ['terminate', 'close']) {
  same(`${action}() while a message is being inflated`, async (scene) => {
    const { ws, peer } = await scene.accept(ON, OFFER);
    scene.watch(ws);
    ws.on('message', () => ws[action]());
    peer.send(...compressed('one'), ...compressed('two'));
    await quiet();
    peer.socket.end();
    await closed(ws);
  });
}

same('broken data', async (scene) => {
  const { ws, peer } = await scene.accept(ON, OFFER);
  scene.watch(ws);
  ws.on('error', ({ errno }) => scene.log('errno', errno));
  peer.send(...compressed('before'), {
    rsv: RSV1,
    opcode: TEXT,
    payload: Buffer.from('ffffffff', 'hex')
  });
  scene.log('frames', ...(await peer.received(1)));
  peer.socket.end();
  await closed(ws);
});

same('bad UTF-8 in a compressed message', async (scene) => {
  const { ws, peer } = await scene.accept(ON, OFFER);
  scene.watch(ws);
  peer.send({
    rsv: RSV1,
    opcode: TEXT,
    payload: compress(Buffer.from([0x61, 0xc3, 0x28]))
  });
  scene.log('frames', ...(await peer.received(1)));
  peer.socket.end();
  await closed(ws);
});

for (const count of [1, 3]) {
  const bomb = async (scene) => {
    const { ws, peer } = await scene.accept(
      { ...ON, maxPayload: 100_000 },
      OFFER
    );
    scene.watch(ws);
    peer.send(...compressed('\0'.repeat(1 << 20), count));
    const [[, body]] = await peer.received(1);
    scene.log('code', body.readUInt16BE());
    peer.socket.end();
    await closed(ws);
  };
  const name = `a bomb in ${count} frames past maxPayload`;

  same(name, bomb, { since: '8.18', expected: BOMB });
  // Earlier ones took it for broken data.
  oursOnly(name, bomb, { versions: ['8.5', '8.16'], expected: BOMB });
}

for (const [what, params] of [
  ['context takeover', {}],
  [
    'no context takeover',
    { serverNoContextTakeover: true, clientNoContextTakeover: true }
  ],
  ['windows of 512 bytes', { serverMaxWindowBits: 9, clientMaxWindowBits: 9 }],
  ['no compression level', { zlibDeflateOptions: { level: 0 } }]
]) {
  same(`both ends with ${what}`, async (scene) => {
    const perMessageDeflate = { ...params, threshold: 0 };
    const { ws, client } = await scene.pair(
      { perMessageDeflate },
      { perMessageDeflate }
    );
    scene.log(client.extensions);
    const got = [];
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
    const done = new Promise((resolve) => {
      client.on('message', (data) => {
        got.push(`${data}`.length, `${data}`.slice(0, 10));
        if (got.length === 40) resolve();
      });
    });
    for (let i = 0; i < 20; i++) client.send(`${i} the same again `.repeat(i));
    await done;
    scene.log(...got);
  });
}

same(
  'what is sent compressed, with fragments and others between',
  async (scene) => {
    const { ws, peer } = await scene.accept(ON, OFFER);
    ws.send('compressed compressed compressed', (err) => scene.log('1', err));
    ws.send('not compressed', { compress: false }, (err) =>
      scene.log('2', err)
    );
    ws.ping('p');
    ws.send('first ', { fin: false }, (err) => scene.log('3', err));
    ws.send('', { fin: false });
    ws.send('last', { fin: true }, (err) => scene.log('4', err));
    ws.send('', (err) => scene.log('5', err));
    scene.log('buffered', ws.bufferedAmount > 0);
    ws.close(1000, 'after all');
    await peer.received(8);
    for (const { first, payload } of decodeMessages(peer.bytes(), true)) {
      scene.log('frame', first, payload);
    }
  }
);

// Stock ws compresses elsewhere, and loses what isn't compressed by then.
same('what is sent compressed before terminate() is lost', async (scene) => {
  const { ws, peer } = await scene.accept(ON, OFFER);
  scene.watch(ws);
  ws.send('one', (err) => scene.log('one', err ?? 'sent'));
  ws.send('two', (err) => scene.log('two', err ?? 'sent'));
  ws.terminate();
  await closed(ws);
  await quiet();
  scene.log('frames', peer.frames().length);
});

// Stock ws decodes the rubbish after it, and 8.23.0 throws a TypeError that nobody can catch.
oursOnly(
  'chunks that came after a violation, while a message was inflated',
  async (scene) => {
    const { ws, peer } = await scene.accept(ON, OFFER);
    scene.watch(ws);
    ws._socket.emit('data', peer.encode(...compressed('one')));
    ws._socket.emit(
      'data',
      peer.encode({ opcode: CLOSE, payload: closeBody(999, 'abc') })
    );
    ws._socket.emit('data', peer.encode({ opcode: TEXT, payload: 'after' }));
    const [[, body]] = await peer.received(1);
    scene.log('code', body.readUInt16BE());
    peer.socket.end();
    await closed(ws);
  },
  {
    expected: [
      ['ws', 'message', 'one', false],
      [
        'ws',
        'error',
        [
          'RangeError',
          'WS_ERR_INVALID_CLOSE_CODE',
          'Invalid WebSocket frame: invalid status code 999',
          1002
        ]
      ],
      ['code', 1002],
      ['ws', 'close', 1006, '']
    ]
  }
);
