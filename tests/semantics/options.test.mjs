// The options of ws that concern frames, and the types that messages come in.

import { BINARY, CONTINUATION, PING, PONG, TEXT } from '../lib/frames.mjs';

import { oursOnly, same } from './support/kit.mjs';
import { closed, quiet } from './support/scene.mjs';

const FRAGMENTS = [
  { fin: false, opcode: BINARY, payload: 'ab' },
  { opcode: PING, payload: 'between' },
  { fin: false, opcode: CONTINUATION },
  { fin: false, opcode: CONTINUATION, payload: 'c' },
  { opcode: PONG, payload: 'between too' },
  { opcode: CONTINUATION, payload: 'd' }
];

same('fragments, control frames between them', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  peer.send(...FRAGMENTS);
  await quiet();
});

for (const type of ['nodebuffer', 'arraybuffer', 'fragments']) {
  same(`binaryType ${type}`, async (scene) => {
    const { ws, peer } = await scene.accept();
    ws.binaryType = type;
    scene.watch(ws);
    peer.send(
      ...FRAGMENTS,
      { opcode: BINARY, payload: 'whole' },
      { opcode: BINARY },
      { opcode: TEXT, payload: 'text' },
      { opcode: TEXT }
    );
    await quiet();
  });
}

same(
  'binaryType blob',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    ws.binaryType = 'blob';
    const blobs = [];
    ws.on('message', (data, isBinary) => blobs.push([data, isBinary]));
    peer.send(...FRAGMENTS, { opcode: BINARY }, { opcode: TEXT, payload: 't' });
    await quiet();
    for (const [data, isBinary] of blobs) {
      const isBlob = data instanceof Blob;
      const bytes = isBlob ? Buffer.from(await data.arrayBuffer()) : data;
      scene.log(isBinary, isBlob, data.size, data.type, bytes);
    }
  },
  { since: '8.18' }
);

same(
  'a Blob is sent, and what follows waits for it',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const blob = new Blob(['from ', 'a blob']);
    ws.send('before');
    ws.send(blob, (err) => scene.log('blob sent', err));
    ws.send('after', (err) => scene.log('after sent', err));
    ws.ping(new Blob(['ping']));
    ws.send(blob, { binary: false });
    scene.log('buffered', ws.bufferedAmount > 0);
    scene.log('frames', ...(await peer.received(5)));
  },
  { since: '8.18' }
);

same('skipUTF8Validation', async (scene) => {
  const { ws, peer } = await scene.accept({ skipUTF8Validation: true });
  scene.watch(ws);
  peer.send(
    { opcode: TEXT, payload: Buffer.from([0xff, 0xfe]) },
    { fin: false, opcode: TEXT, payload: Buffer.from([0xc3]) },
    { opcode: CONTINUATION, payload: Buffer.from([0x28]) }
  );
  await quiet();
});

same('maxPayload over fragments', async (scene) => {
  const { ws, peer } = await scene.accept({ maxPayload: 3 });
  scene.watch(ws);
  peer.send({ opcode: BINARY, payload: 'abc' }, ...FRAGMENTS);
  scene.log('frames', ...(await peer.received(2)));
  peer.socket.end();
  await closed(ws);
});

same(
  'maxFragments',
  async (scene) => {
    const { ws, peer } = await scene.accept({ maxFragments: 3 });
    scene.watch(ws);
    peer.send(...FRAGMENTS);
    scene.log('frames', ...(await peer.received(2)));
    peer.socket.end();
    await closed(ws);
  },
  { since: '8.23' }
);

same(
  'maxBufferedChunks',
  async (scene) => {
    const { ws, peer } = await scene.accept({ maxBufferedChunks: 2 });
    scene.watch(ws);
    const bytes = peer.encode({ opcode: BINARY, payload: 'x'.repeat(30) });
    for (let i = 0; i < bytes.length; i += 3) {
      ws._socket.emit('data', bytes.subarray(i, i + 3));
    }
    scene.log('frames', ...(await peer.received(1)));
    peer.socket.end();
    await closed(ws);
  },
  { since: '8.23' }
);

const TOO_MANY_FRAGMENTS = Array.from({ length: 16384 }, (_, i) => ({
  fin: false,
  opcode: i === 0 ? BINARY : CONTINUATION
}));

oursOnly(
  'the default of maxFragments holds for every version',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    ws.on('error', (err) => scene.log('error', err.code, err.message));
    peer.send(...TOO_MANY_FRAGMENTS);
    await quiet();
    scene.log('so far', peer.frames().length);
    peer.send({ opcode: CONTINUATION });
    const [[, body]] = await peer.received(1);
    scene.log('code', body.readUInt16BE());
  },
  {
    expected: [
      ['so far', 0],
      ['error', 'WS_ERR_TOO_MANY_BUFFERED_PARTS', 'Too many message fragments'],
      ['code', 1008]
    ]
  }
);

oursOnly(
  'the default of maxBufferedChunks holds for every version',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    ws.on('error', (err) => scene.log('error', err.code, err.message));
    const header = peer.encode({
      opcode: BINARY,
      lenBits: 64,
      declaredLen: 1000000n
    });
    ws._socket.emit('data', header);
    for (let i = 0; i < 262144; i++) ws._socket.emit('data', Buffer.alloc(1));
    await quiet();
    scene.log('so far', peer.frames().length);
    ws._socket.emit('data', Buffer.alloc(1));
    const [[, body]] = await peer.received(1);
    scene.log('code', body.readUInt16BE());
  },
  {
    expected: [
      ['so far', 0],
      ['error', 'WS_ERR_TOO_MANY_BUFFERED_PARTS', 'Too many buffered chunks'],
      ['code', 1008]
    ]
  }
);

same('generateMask', async (scene) => {
  let calls = 0;
  const generateMask = (key) => {
    key.fill(calls++ % 3);
  };
  const { ws, peer } = await scene.connect({ generateMask });
  ws.send('one');
  ws.send(Buffer.from('two'));
  ws.ping('three');
  ws.send('x'.repeat(200));
  ws.send(new Uint8Array(300).fill(7));
  ws.close(1000, 'bye');
  await peer.received(6);
  scene.log('bytes', peer.bytes(), calls);
});

same('a client masks, with keys that differ', async (scene) => {
  const { ws, peer } = await scene.connect();
  for (let i = 0; i < 20; i++) ws.send('same');
  scene.log('frames', ...(await peer.received(20)));
  const bytes = peer.bytes();
  const keys = new Set();
  for (let at = 0; at < bytes.length; at += 10) {
    keys.add(bytes.readUInt32BE(at + 2));
  }
  scene.log('keys', keys.size);
});

same('what the caller owns is not changed by masking', async (scene) => {
  const { ws, peer } = await scene.connect();
  const buffer = Buffer.from('of the caller');
  const large = Buffer.alloc(100000, 'x');
  ws.send(buffer);
  ws.send(buffer);
  ws.send(large);
  scene.log(
    buffer,
    large.every((byte) => byte === 0x78)
  );
  const frames = await peer.received(3);
  scene.log(...frames.map(([first, payload]) => [first, payload.length]));
});

same('memory that is used again after send()', async (scene) => {
  const { ws, peer } = await scene.accept();
  const buffer = Buffer.alloc(4);
  for (let i = 0; i < 50; i++) {
    buffer.writeUInt32BE(i);
    ws.send(buffer);
  }
  const frames = await peer.received(50);
  scene.log(...frames.map(([, payload]) => payload.readUInt32BE()));
});

same('autoPong: false', async (scene) => {
  const { ws, peer } = await scene.accept({ autoPong: false });
  scene.watch(ws);
  peer.send({ opcode: PING, payload: 'p' }, { opcode: TEXT, payload: 't' });
  await quiet();
  scene.log('frames', ...peer.frames());
});

same('pings are answered in order', async (scene) => {
  const { ws, peer } = await scene.connect();
  scene.watch(ws);
  for (let i = 0; i < 5; i++) peer.send({ opcode: PING, payload: `${i}` });
  scene.log('frames', ...(await peer.received(5)));
});

same('every type that send() takes', async (scene) => {
  const { ws, peer } = await scene.accept();
  const { buffer } = new Uint8Array([1, 2, 3, 4]);
  const all = [
    'text',
    '',
    'é€🙂\ud800',
    42,
    Buffer.from('buffer'),
    new Uint8Array(buffer, 1, 2),
    new Float32Array([1.5]),
    new DataView(buffer, 2),
    buffer,
    [1, 2, 300],
    null,
    undefined
  ];
  for (const data of all) ws.send(data);
  ws.send('as binary', { binary: true });
  ws.send(Buffer.from('as text'), { binary: false });
  ws.send('a fragment', { fin: false });
  ws.ping(7);
  ws.send('the rest', { fin: true });
  for (const bad of [{}, Symbol('s'), true, () => {}]) {
    try {
      ws.send(bad);
      scene.log('taken', typeof bad);
    } catch (err) {
      scene.log('threw', err.constructor.name);
    }
  }
  scene.log('frames', ...(await peer.received(17)));
});

same('frames made in advance stay in order with the others', async (scene) => {
  const { ws, peer } = await scene.accept();
  const { Sender } = scene.copy;
  const list = Sender.frame(Buffer.from('made before'), {
    fin: true,
    opcode: 1,
    readOnly: false,
    rsv1: false,
    mask: false
  });
  ws.send('one');
  ws._sender.sendFrame(list, (err) => scene.log('sent', err));
  ws.send('two');
  ws._sender.sendFrame(list);
  ws._socket.write(Buffer.from('8a00', 'hex'));
  ws.ping();
  scene.log('frames', ...(await peer.received(6)));
});

/** Fills the connection until the kernel takes no more, so that nothing that is sent is done. */
async function clog(ws, peer) {
  peer.socket.pause();
  do {
    ws.send(Buffer.alloc(1 << 20));
    await quiet(1);
  } while (ws.bufferedAmount === 0);
}

oursOnly(
  'pings from a peer that does not read: 60 pongs may wait',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    let pings = 0;
    ws.on('ping', () => pings++);
    await clog(ws, peer);
    for (let i = 0; i < 60; i++) peer.send({ opcode: PING });
    await quiet();
    scene.log('after 60', pings, ws.readyState);
    peer.send({ opcode: PING });
    await closed(ws);
    scene.log('after 61', ws.readyState);
  },
  {
    expected: [
      ['after 60', 60, 1],
      ['after 61', 3]
    ]
  }
);

same('many pings from a peer that reads', async (scene) => {
  const { ws, peer } = await scene.accept();
  peer.send(...Array.from({ length: 50 }, () => ({ opcode: PING })));
  scene.log((await peer.received(50)).length, ws.readyState);
});

for (const reason of [new Float32Array(20), new Uint16Array(3)]) {
  oursOnly(
    `close() with a ${reason.constructor.name} puts no memory on the wire`,
    async (scene) => {
      const { ws, peer } = await scene.accept();
      try {
        ws.close(1000, reason);
      } catch (err) {
        scene.log(err);
      }
      await quiet();
      scene.log(peer.bytes().length);
    },
    {
      expected: [
        [
          [
            'TypeError',
            undefined,
            'Second argument must be a string or a Uint8Array',
            undefined
          ]
        ],
        [0]
      ]
    }
  );
}

for (const [first, then] of [
  [100, 10_000],
  [100_000, 50],
  [100, 0],
  [0, 50],
  [100, 2 ** 33]
]) {
  same(`maxPayload of ${first}, then of ${then}`, async (scene) => {
    const { ws, peer } = await scene.accept({ maxPayload: first });
    scene.watch(ws);
    ws.once('message', () => {
      ws._receiver._maxPayload = then;
    });
    peer.send({ opcode: TEXT, payload: 'first' });
    await quiet();
    peer.send({ opcode: TEXT, payload: 'x'.repeat(1000) });
    await quiet();
  });
}

for (const zlibDeflateOptions of [
  { level: 12 },
  { level: '3' },
  { level: null },
  { memLevel: 0 },
  { strategy: 9 },
  { chunkSize: 1 }
]) {
  const name = JSON.stringify(zlibDeflateOptions);

  same(`zlib refuses ${name}`, async (scene) => {
    const { ws } = await scene.accept(
      { perMessageDeflate: { threshold: 0, zlibDeflateOptions } },
      { 'Sec-WebSocket-Extensions': 'permessage-deflate' }
    );
    ws.on('error', () => {});
    try {
      ws.send('text');
    } catch (err) {
      scene.log(err);
    }
    await quiet();
  });
}

same('a receiver that is destroyed before it reads', async (scene) => {
  const receiver = new scene.copy.Receiver({ isServer: false });
  receiver.on('error', (err) => scene.log('error', err));
  receiver.on('message', (data) => scene.log('message', data));
  receiver.destroy();
  receiver.write(Buffer.from('810161', 'hex'));
  await quiet();
});
