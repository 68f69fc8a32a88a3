// What `WebSocket.prototype.send()` makes of its arguments, on stock ws and on ws accelerated.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TEXT } from '../lib/frames.mjs';
import { loadTwins } from '../lib/ws-copies.mjs';

import { same } from './support/kit.mjs';
import { quiet } from './support/scene.mjs';

const sent = () => {};

/** Arguments of `send()`, and how many frames more than one they make. */
const CALLS = {
  'no options': [['text'], [Buffer.from('bytes')], ['']],
  'options that are not there': [
    ['text', undefined, sent],
    ['text', null, sent],
    [Buffer.from('bytes'), null],
    ['text', sent],
    [Buffer.from('bytes'), {}, sent]
  ],
  'what a message is': [
    ['text', { binary: true }],
    [Buffer.from('bytes'), { binary: false }],
    [Buffer.from('bytes'), { binary: undefined }],
    ['text', { binary: 1 }],
    ['', { binary: true }]
  ],
  'options inherited, or with a getter': [
    ['text', Object.create({ binary: true, fin: false })],
    [
      'text',
      {
        get binary() {
          return true;
        }
      }
    ]
  ],
  fragments: [
    ['a', { fin: false }],
    ['b', { fin: false, binary: true }],
    ['c', { fin: true }],
    ['d', { fin: 0 }],
    ['e'],
    ['f']
  ],
  'compression that was not agreed on': [
    ['text', { compress: true }],
    ['text', { compress: false, binary: true }]
  ],
  'masking as it is not meant': [
    ['text', { mask: true }],
    ['text', { mask: false }],
    ['text', { mask: undefined, binary: false }]
  ],
  'data of other types': [
    [7],
    [new Uint8Array([1, 2, 3])],
    [new Uint16Array([1, 2]).buffer],
    [new DataView(new ArrayBuffer(3))]
  ],
  lengths: [
    ['x'.repeat(125)],
    ['x'.repeat(126), { binary: true }],
    ['é'.repeat(63)],
    [Buffer.alloc(40_000, 1)],
    ['€'.repeat(30_000)]
  ]
};

for (const [name, calls] of Object.entries(CALLS)) {
  same(`a server sends with ${name}`, async (scene) => {
    const { ws, peer } = await scene.accept();

    for (const args of calls) ws.send(...args);
    scene.log(...(await peer.received(calls.length)));
  });

  same(`a client sends with ${name}`, async (scene) => {
    const { ws, peer } = await scene.connect();

    for (const args of calls) ws.send(...args);
    scene.log(...(await peer.received(calls.length)));
  });
}

same('what can not be sent', async (scene) => {
  const { ws } = await scene.accept();

  for (const data of [null, undefined, true, {}, Symbol('s')]) {
    try {
      ws.send(data, (err) => scene.log('called back', err));
      scene.log(typeof data, 'was taken');
    } catch (err) {
      scene.log(typeof data, err);
    }
  }
  await quiet();
});

same('a Sender whose send() is wrapped sees every message', async (scene) => {
  const { ws, peer } = await scene.accept();
  const sender = ws._sender;
  const { send } = sender;

  sender.send = function (data, options, cb) {
    scene.log('through', data, { ...options });
    return send.call(this, data, options, cb);
  };
  ws.on('message', (data, binary) => ws.send(data, { binary }));
  ws.send(Buffer.from('bytes'), { binary: false });
  peer.send({ opcode: TEXT, payload: 'text' });
  scene.log(...(await peer.received(2)));
});

same('Object.prototype with options on it', async (scene) => {
  const { ws, peer } = await scene.accept();
  const polluted = { binary: true, fin: false, mask: true };

  for (const [name, value] of Object.entries(polluted)) {
    Object.defineProperty(Object.prototype, name, {
      configurable: true,
      value,
      writable: true
    });
  }
  try {
    ws.send('text', {});
    ws.send('text', { binary: false });
  } finally {
    for (const name of Object.keys(polluted)) delete Object.prototype[name];
  }
  scene.log(...(await peer.received(2)));
});

same('options that say fin and mask, but nothing about them', async (scene) => {
  const { client, ws } = await scene.pair();
  scene.watch(ws, 'server');
  scene.watch(client, 'client');
  for (const socket of [ws, client]) {
    socket.send('a', { binary: false, fin: undefined });
    socket.send('b', { binary: false });
  }
  await quiet();
});

same('a sendFrame() of a connection’s own sees every frame', async (scene) => {
  for (const options of [{}, { perMessageDeflate: { threshold: 0 } }]) {
    const { client, ws } = await scene.pair(options, options);
    const sender = ws._sender;
    const { sendFrame } = sender;
    // Apart from the trace: how soon a frame arrives is up to the system.
    const frames = [];
    sender.sendFrame = function (list, cb) {
      frames.push(list.length);
      sendFrame.call(this, list, cb);
    };
    scene.watch(client, 'client');
    for (const data of ['text', Buffer.from('binary')]) ws.send(data);
    ws.send('text', { binary: false });
    ws.ping('p');
    await quiet();
    scene.log('frames', ...frames);
  }
});

same('a Sender.frame() of somebody’s own makes every frame', async (scene) => {
  const { Sender } = scene.copy;
  const { frame } = Sender;
  const { client, ws } = await scene.pair();
  scene.watch(client, 'client');
  Sender.frame = (data, options) => {
    scene.log('frame', options.opcode);
    return frame(data, options);
  };
  try {
    for (const data of ['text', Buffer.from('binary')]) ws.send(data);
    ws.ping('p');
  } finally {
    Sender.frame = frame;
  }
  await quiet();
});

test('send() that somebody wrapped before is left in place', async () => {
  const { createRequire } = await import('node:module');
  const require = createRequire(import.meta.url);
  const { accelerate } = require('framewright');
  const { stock } = loadTwins('8.23');
  const { prototype } = stock.WebSocket;
  const { send } = prototype;

  function wrapped(...args) {
    return send.apply(this, args);
  }

  prototype.send = wrapped;
  try {
    accelerate(stock.WebSocket);
    assert.equal(prototype.send, wrapped);
  } finally {
    prototype.send = send;
  }
});
