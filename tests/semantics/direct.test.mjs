// Sockets that hand bytes over while they are written: the answer may come before `write()` returns.

import { compress } from '../lib/compressed.mjs';
import { TEXT } from '../lib/frames.mjs';

import { same } from './support/kit.mjs';
import { quiet } from './support/scene.mjs';

const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const ON = { perMessageDeflate: { threshold: 0 } };
const RSV1 = 4;

const compressed = (text) => ({
  rsv: RSV1,
  opcode: TEXT,
  payload: compress(Buffer.from(text))
});

/** An echo of short messages, whose client sends on when an answer comes. */
async function echoDirectly(scene, options, headers, next) {
  const { ws, peer } = await scene.acceptDirectly(options, headers);
  scene.watch(ws);
  ws.on('message', (data) => {
    if (data.length < 100) ws.send(data);
  });
  peer.socket.once('data', () => peer.send(next));
  return peer;
}

same('a long inflated message after an answer', async (scene) => {
  const next = compressed('next');
  const peer = await echoDirectly(
    scene,
    {
      perMessageDeflate: { threshold: 0, clientNoContextTakeover: true }
    },
    {
      'Sec-WebSocket-Extensions':
        'permessage-deflate; client_no_context_takeover'
    },
    next
  );
  peer.send(compressed('first'), compressed('long '.repeat(300_000)));
  await quiet(50);
});

same('a long inflated message while others answer', async (scene) => {
  const { ws, peer } = await scene.acceptDirectly(ON, OFFER);
  const other = await scene.acceptDirectly(ON, OFFER);
  let text;
  ws.on('message', (data) => {
    if (data.length < 100) ws.send(data);
    else text = String(data);
  });
  scene.watch(other.ws, 'other');
  peer.socket.once('data', () => {
    for (let i = 0; i < 3; i++) other.peer.send(compressed(`other ${i}`));
  });
  const long = 'long '.repeat(300_000);
  peer.send(compressed('first'), compressed(long));
  await quiet(50);
  scene.log(text === long);
});

same('an error after an answer', async (scene) => {
  const peer = await echoDirectly(
    scene,
    {},
    {},
    { opcode: TEXT, payload: 'next' }
  );
  peer.send({ opcode: TEXT, payload: 'first' }, { opcode: 3 });
  await quiet();
});

same('a close frame after an answer', async (scene) => {
  const peer = await echoDirectly(
    scene,
    {},
    {},
    { opcode: TEXT, payload: 'next' }
  );
  peer.send({ opcode: TEXT, payload: 'first' }, { opcode: 8 });
  await quiet();
});

same('answers to answers', async (scene) => {
  const { ws, peer } = await scene.acceptDirectly();
  scene.watch(ws);
  ws.on('message', (data) => ws.send(data));
  let count = 0;
  peer.socket.on('data', () => {
    if (++count < 5) peer.send({ opcode: TEXT, payload: `${count}` });
  });
  peer.send(
    { opcode: TEXT, payload: 'first' },
    { opcode: TEXT, payload: 'second' }
  );
  await quiet();
});
