// Received messages whose memory the app transfers, to a worker or with structuredClone(): nobody else
// is harmed.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { status } from 'framewright';

import { compress } from '../lib/compressed.mjs';
import { BINARY, CONTINUATION, TEXT } from '../lib/frames.mjs';
import { oursOnly, same } from '../semantics/support/kit.mjs';
import { quiet } from '../semantics/support/scene.mjs';

const ON = { perMessageDeflate: { threshold: 0 } };
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const RSV1 = 4;

/** Says back what it is handed. */
const WORKER = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (data) => parentPort.postMessage(Buffer.from(data).toString()));
`;

/** Takes the memory away, unless it is that of Node's pool, which Node 22 doesn't let go. */
function take(data) {
  try {
    structuredClone(data, { transfer: [data.buffer] });
  } catch (err) {
    const isPooled = data.buffer === Buffer.allocUnsafe(1).buffer;
    if (err.name !== 'DataCloneError' || !isPooled) throw err;
  }
}

function text(name, i, isLong) {
  return `${name} ${i} `.repeat(isLong ? 10_000 : 1);
}

/** A message as a peer sends it. */
const KINDS = {
  plain: (payload) => [{ opcode: BINARY, payload }],
  fragmented: (payload) => [
    { fin: false, opcode: BINARY, payload: payload.slice(0, 5) },
    { opcode: CONTINUATION, payload: payload.slice(5) }
  ],
  compressed: (payload) => [
    { opcode: TEXT, rsv: RSV1, payload: compress(Buffer.from(payload)) }
  ]
};

/**
 * zlib goes on writing to the memory of a message that it has inflated: stock ws ends the process, with
 * or without WebAssembly.
 */
function run(kind, name, scenario, options) {
  if (kind !== 'compressed') same(name, scenario, options);
  else if (status().backend === 'native') oursOnly(name, scenario, options);
}

for (const [kind, frames] of Object.entries(KINDS)) {
  for (const isLong of [false, true]) {
    const length = isLong ? 'long' : 'short';

    run(
      kind,
      `${length} ${kind} messages: what others keep stays, and all goes on`,
      async (scene) => {
        const victim = await scene.accept(ON, OFFER);
        const other = await scene.accept(ON, OFFER);
        const kept = [];
        let taken = 0;
        victim.ws.on('message', (data) => kept.push(data));
        other.ws.on('message', (data) => {
          taken += data.length;
          take(data);
        });
        for (let i = 0; i < 4; i++) {
          victim.peer.send(...frames(text('victim', i, isLong)));
          await quiet(isLong ? 10 : 3);
          other.peer.send(...frames(text('other', i, isLong)));
          await quiet(isLong ? 10 : 3);
        }
        scene.log('taken', taken);
        for (const [i, data] of kept.entries()) {
          scene.log(`${data}` === text('victim', i, isLong));
        }
        scene.log(victim.ws.readyState, other.ws.readyState);
      },
      {
        expected: [
          ['taken', 4 * text('other', 0, isLong).length],
          ...Array.from({ length: 4 }, () => [true]),
          [1, 1]
        ]
      }
    );
  }
}

for (const kind of ['fragmented', 'compressed']) {
  run(
    kind,
    `several ${kind} messages in a chunk: each may be transferred`,
    async (scene) => {
      const { ws, peer } = await scene.accept(ON, OFFER);
      ws.on('message', (data) => {
        scene.log(data);
        take(data);
      });
      peer.send(
        ...[1, 2, 3, 4].flatMap((i) => KINDS[kind](text('message', i)))
      );
      await quiet();
      peer.send(...KINDS.plain('later'));
      await quiet();
      scene.log(ws.readyState);
    },
    {
      expected: [
        ['message 1 '],
        ['message 2 '],
        ['message 3 '],
        ['message 4 '],
        ['later'],
        [1]
      ]
    }
  );
}

for (const kind of ['plain', 'compressed']) {
  run(
    kind,
    `${kind} messages are handed to a worker by postMessage()`,
    async (scene) => {
      const { ws, peer } = await scene.accept(ON, OFFER);
      const worker = new Worker(WORKER, { eval: true });
      scene.onEnd(() => worker.terminate());
      ws.on('message', (data) => worker.postMessage(data, [data.buffer]));
      for (let i = 0; i < 4; i++) {
        peer.send(...KINDS[kind](text('message', i)));
        scene.log(...(await once(worker, 'message')));
      }
      scene.log(ws.readyState);
    },
    {
      expected: [
        ['message 0 '],
        ['message 1 '],
        ['message 2 '],
        ['message 3 '],
        [1]
      ]
    }
  );
}

for (const order of [
  ['plain', 'plain'],
  ['plain', 'compressed'],
  ['plain', 'fragmented']
]) {
  // Stock ws reads on in memory that is gone.
  oursOnly(
    `a ${order[0]} message is transferred, and a ${order[1]} one after it in the chunk is lost: the connection fails, and no other`,
    async (scene) => {
      const { ws, peer } = await scene.accept(ON, OFFER);
      const other = await scene.accept(ON, OFFER);
      other.ws.on('message', (data) => scene.log('other', data));
      ws.on('error', ({ code }) => scene.log('error', code));
      ws.on('message', (data) => {
        scene.log(data);
        take(data);
      });
      peer.send(...order.flatMap((kind, i) => KINDS[kind](text('message', i))));
      const [code] = await new Promise((resolve) => {
        ws.once('close', (...args) => resolve(args));
      });
      scene.log('close', code);
      other.peer.send(...KINDS.plain('fine'), ...KINDS.compressed('as well'));
      await quiet();
      scene.log(...peer.frames().map(([first]) => first));
    },
    {
      expected: [
        ['message 0 '],
        ['error', 'ERR_FRAMEWRIGHT_DETACHED'],
        ['close', 1006],
        ['other', 'fine'],
        ['other', 'as well'],
        [0x88]
      ]
    }
  );
}
