// The memory that short frames are put together in: used again, but never under anybody's eyes.

import { createRequire } from 'node:module';

import { decodeFrames } from '../lib/decode-frames.mjs';
import { oursOnly, quiet, same } from './kit.mjs';

const { slab } = createRequire(import.meta.url)(
  '../../npm/framewright/lib/outbox/slab.js'
);

const TEXTS = ['first', 'second', 'third'];

oursOnly(
  'what the kernel took makes room for the next frames',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const places = new Set();
    for (const text of TEXTS) {
      ws.send(text);
      await quiet(1);
      places.add(slab.end);
    }
    await peer.received(TEXTS.length);
    scene.log(places.size, ...peer.frames().map(([, payload]) => payload));
  },
  { expected: [[1, ...TEXTS]] }
);

for (const [name, run] of [
  ['write', same],
  // Stock ws goes by _writev() instead: it corks a frame's header and payload.
  ['_write', oursOnly]
]) {
  for (const isEarly of [true, false]) {
    const when = isEarly ? 'before' : 'after';

    run(
      `whoever wraps a socket’s ${name}() ${when} the first frame may keep what goes through`,
      async (scene) => {
        const { ws, peer } = await scene.accept();
        const kept = [];
        if (!isEarly) {
          ws.ping();
          await peer.received(1);
        }
        const { [name]: method } = ws._socket;
        ws._socket[name] = function (bytes, ...rest) {
          kept.push(bytes);
          return method.call(this, bytes, ...rest);
        };
        for (const text of TEXTS) {
          ws.send(text);
          await quiet(1);
        }
        const bytes = Buffer.concat(kept.map((part) => Buffer.from(part)));
        scene.log(...decodeFrames(bytes).map(({ payload }) => payload));
      },
      { expected: [TEXTS] }
    );
  }
}
