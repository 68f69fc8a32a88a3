// The memory that short frames are put together in: used again, but never under anybody's eyes.

import assert from 'node:assert/strict';

import { oursOnly, quiet } from './kit.mjs';

const TEXTS = ['first', 'second', 'third'];

oursOnly(
  'what the kernel took makes room for the next frames',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const places = new Set();
    const handle = ws._socket._handle;
    const { writeBuffer } = handle;
    handle.writeBuffer = function (req, octets) {
      places.add(octets.byteOffset);
      return writeBuffer.call(this, req, octets);
    };
    for (const text of TEXTS) {
      ws.send(text);
      await quiet(1);
    }
    await peer.received(TEXTS.length);
    scene.log(places.size, ...peer.frames().map(([, payload]) => payload));
  },
  [[1, ...TEXTS]]
);

for (const name of ['write', '_write']) {
  for (const isEarly of [true, false]) {
    const when = isEarly ? 'before' : 'after';

    oursOnly(
      `whoever wraps a socket’s ${name}() ${when} the first frame may keep what goes through`,
      async (scene) => {
        const { ws, peer } = await scene.accept();
        const kept = [];
        if (!isEarly) {
          ws.ping();
          await peer.received(1);
        }
        const { [name]: method } = ws._socket;
        ws._socket[name] = function (octets, ...rest) {
          kept.push(octets);
          return method.call(this, octets, ...rest);
        };
        for (const text of TEXTS) {
          ws.send(text);
          await quiet(1);
        }
        assert.equal(kept.length, TEXTS.length);
        scene.log(...kept.map((octets) => octets.subarray(2).toString()));
      },
      [TEXTS]
    );
  }
}
