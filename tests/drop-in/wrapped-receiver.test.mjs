// Receivers in which somebody has put methods of their own: these are called as ws calls them.

import { BINARY, CONTINUATION, PING, TEXT } from '../lib/frames.mjs';
import { same } from '../semantics/support/kit.mjs';
import { closed, quiet } from '../semantics/support/scene.mjs';

const METHODS = [
  'consume',
  'controlMessage',
  'dataMessage',
  'getData',
  'getInfo',
  'startLoop'
];

const WHOLE = [
  { opcode: TEXT, payload: 'text' },
  { opcode: PING, payload: 'ping' },
  { opcode: BINARY, payload: Buffer.alloc(300, 'b') },
  { fin: false, opcode: TEXT, payload: 'frag' },
  { opcode: PING },
  { fin: false, opcode: CONTINUATION, payload: 'men' },
  { opcode: CONTINUATION, payload: 'ts' }
];

/** Wraps a method of an object until the scenario is over; `see` is told of each call. */
function wrap(scene, object, name, see) {
  const own = Object.getOwnPropertyDescriptor(object, name);
  const method = object[name];
  object[name] = function (...args) {
    see(this, ...args);
    return method.apply(this, args);
  };
  scene.onEnd(() => {
    if (own) Object.defineProperty(object, name, own);
    else delete object[name];
  });
}

/** Where a receiver's methods are wrapped: its own, or all receivers'. */
const PLACES = {
  'of one receiver': (scene, ws) => ws._receiver,
  'of all receivers': (scene) => scene.copy.Receiver.prototype
};

for (const [place, objectOf] of Object.entries(PLACES)) {
  /** Logs the calls for this connection's receiver. */
  const watch = (scene, ws, name, describe = () => []) => {
    const receiver = ws._receiver;
    wrap(scene, objectOf(scene, ws), name, (self, ...args) => {
      if (self === receiver) scene.log(name, ...describe(...args));
    });
  };

  for (const name of ['_write', 'write']) {
    same(
      `${name}() ${place}, wrapped before the first chunk, sees each`,
      async (scene) => {
        const { ws, peer } = await scene.accept();
        scene.watch(ws);
        watch(scene, ws, name, (chunk) => [Buffer.from(chunk)]);
        for (const frame of WHOLE) {
          peer.send(frame);
          await quiet(2);
        }
        peer.close(1000, 'bye');
        await closed(ws);
      }
    );

    same(
      `${name}() ${place}, wrapped between messages, sees each chunk from then on`,
      async (scene) => {
        const { ws, peer } = await scene.accept();
        scene.watch(ws);
        peer.send(...WHOLE);
        await quiet(2);
        watch(scene, ws, name, (chunk) => [Buffer.from(chunk)]);
        peer.send(...WHOLE);
        await quiet(2);
        peer.send({ opcode: TEXT, payload: 'x'.repeat(40_000) });
        await quiet(2);
      }
    );

    same(
      `${name}() ${place}, wrapped amid a frame of a fragmented message, sees the rest`,
      async (scene) => {
        const { ws, peer } = await scene.accept();
        scene.watch(ws);
        const bytes = peer.encode(...WHOLE.slice(3));
        peer.socket.write(bytes.subarray(0, 13));
        await quiet(2);
        watch(scene, ws, name, (chunk) => [Buffer.from(chunk)]);
        peer.socket.write(bytes.subarray(13));
        await quiet(2);
      }
    );
  }

  for (const name of METHODS) {
    same(
      `${name}() ${place}, wrapped before the first chunk, is called`,
      async (scene) => {
        const { ws, peer } = await scene.accept();
        scene.watch(ws);
        watch(scene, ws, name);
        peer.send(...WHOLE);
        await quiet(2);
        peer.close(1001, 'bye');
        await closed(ws);
      }
    );

    same(
      `${name}() ${place}, wrapped between messages, is called from then on`,
      async (scene) => {
        const { ws, peer } = await scene.accept();
        scene.watch(ws);
        peer.send(...WHOLE);
        await quiet(2);
        watch(scene, ws, name);
        for (const frame of WHOLE) {
          peer.send(frame);
          await quiet(2);
        }
        peer.close(1001, 'bye');
        await closed(ws);
      }
    );

    same(
      `${name}() ${place}, wrapped amid a fragmented message, is called after it`,
      async (scene) => {
        const { ws, peer } = await scene.accept();
        scene.watch(ws);
        peer.send(...WHOLE.slice(3, 5));
        await quiet(2);
        let count = 0;
        const receiver = ws._receiver;
        wrap(scene, objectOf(scene, ws), name, (self) => {
          if (self === receiver) count++;
        });
        peer.send(...WHOLE.slice(5));
        await quiet(2);
        count = 0;
        peer.send(...WHOLE);
        await quiet(2);
        scene.log('calls', count);
      }
    );

    same(
      `${name}() ${place}, wrapped in a handler, is called from the next chunk on`,
      async (scene) => {
        const { ws, peer } = await scene.accept();
        scene.watch(ws);
        let count = 0;
        const receiver = ws._receiver;
        ws.once('message', () => {
          wrap(scene, objectOf(scene, ws), name, (self) => {
            if (self === receiver) count++;
          });
        });
        peer.send(...WHOLE);
        await quiet(2);
        count = 0;
        peer.send(...WHOLE);
        await quiet(2);
        scene.log('calls', count);
        peer.send({ opcode: 0x3 });
        await quiet();
      }
    );
  }
}

same(
  'a message that a receiver’s own dataMessage() changes',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    scene.watch(ws);
    const { dataMessage } = ws._receiver;
    ws._receiver.dataMessage = function (...args) {
      for (const fragment of this._fragments) fragment.fill('?');
      return dataMessage.apply(this, args);
    };
    peer.send(
      { opcode: TEXT, payload: 'one' },
      { opcode: BINARY, payload: 'two' }
    );
    await quiet(2);
  },
  {
    expected: [
      ['ws', 'message', '???', false],
      ['ws', 'message', '???', true]
    ]
  }
);
