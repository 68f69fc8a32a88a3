// Connections that have received one long message each and go on idle: tells which of the messages are alive.

import { setTimeout as delay } from 'node:timers/promises';

import { loadAccelerated } from '../lib/ws-copies.mjs';
import { Scene } from '../semantics/support/scene.mjs';

const COUNT = 5;
const copy = loadAccelerated(process.argv[2]);
const messages = new Map();

for (const [how, options, clientOptions] of [
  ['plain', {}, { perMessageDeflate: false }],
  ['compressed', { perMessageDeflate: true }, {}],
  ['deferred', { allowSynchronousEvents: false }, {}]
]) {
  const refs = [];
  const scene = new Scene(copy);
  for (let i = 0; i < COUNT; i++) {
    const { ws, client } = await scene.pair(options, clientOptions);
    const received = new Promise((resolve) => {
      ws.on('message', (data) => {
        refs.push(new WeakRef(data));
        resolve();
      });
    });
    client.send(Buffer.alloc(1 << 20, 'long'));
    await received;
  }
  messages.set(how, { refs, scene });
}

for (let i = 0; i < 5; i++) {
  await delay(20);
  globalThis.gc();
}
process.send(
  Object.fromEntries(
    [...messages].map(([how, { refs }]) => [
      how,
      {
        received: refs.length,
        alive: refs.filter((ref) => ref.deref()).length
      }
    ])
  )
);
for (const { scene } of messages.values()) await scene.end();
process.disconnect();
