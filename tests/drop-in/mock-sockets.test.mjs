// Sockets that aren't Node's own, and those whose write() somebody has taken the place of, get exactly
// the writes of stock ws, in its parts and of its types.

import { TEXT } from '../lib/frames.mjs';
import { quiet, same } from '../coalescing/kit.mjs';
import { acceptSink } from '../coalescing/sink.mjs';

import { acceptChannel, describe, Mock } from './support/mocks.mjs';

const CALLS = ['cork', 'uncork', 'write', 'end', 'destroy'];

/** Logs the calls of a socket's methods, as a test's spies do. */
function spy(scene, socket) {
  for (const name of CALLS) {
    const method = socket[name];
    socket[name] = function (...args) {
      scene.log(name, ...args.map((arg) => describe(arg)));
      return method?.apply(this, args);
    };
  }
  return socket;
}

/** One of everything that can be sent. */
function sendAll(ws) {
  ws.send('text');
  ws.send('with a callback', () => {});
  ws.send('žluťoučký');
  ws.send('');
  ws.send(Buffer.from('Buffer'));
  ws.send(new Uint8Array([1, 2, 3]));
  ws.send(new Uint16Array([1, 2]).buffer);
  ws.send(42);
  ws.ping();
  ws.ping('ping');
  ws.pong(Buffer.from('pong'));
  ws.send('frag', { fin: false });
  ws.send('ment', { fin: true });
  ws.send(Buffer.alloc(300));
  ws.send(Buffer.alloc(70_000));
  ws.send('x'.repeat(200));
}

const OPTIONS = { fin: true, compress: false, binary: false, mask: false };

const SOCKETS = {
  'a Duplex': () => new Mock(),
  'an object with a few methods': () => ({
    // What ws asks of it.
    _writableState: { length: 0 },
    once() {},
    on() {}
  })
};

for (const [kind, make] of Object.entries(SOCKETS)) {
  same(`a Sender on ${kind}`, async (scene) => {
    const socket = spy(scene, make());
    const sender = new scene.copy.Sender(socket, {});
    for (const data of ['text', Buffer.from('Buffer'), '', new Uint8Array(3)]) {
      sender.send(data, { ...OPTIONS });
      sender.send(data, { ...OPTIONS, fin: false }, () => {});
      sender.send(data, { ...OPTIONS, binary: true });
      sender.ping(data, false, () => {});
      sender.pong(data, false);
    }
    sender.send(Buffer.alloc(300), { ...OPTIONS });
    sender.close(1000, 'bye', false, () => {});
    await quiet(1);
  });

  same(`a masking Sender on ${kind}`, async (scene) => {
    const socket = make();
    for (const name of CALLS) {
      socket[name] = (data) => {
        // The masking key is random.
        scene.log(name, data?.constructor.name, data?.length);
      };
    }
    const sender = new scene.copy.Sender(socket, {});
    for (const data of ['text', Buffer.from('Buffer'), Buffer.alloc(70_000)]) {
      sender.send(data, { ...OPTIONS, mask: true });
      sender.send(data, { ...OPTIONS, fin: false, mask: true }, () => {});
      sender.ping('ping', true);
    }
    await quiet(1);
  });
}

same(
  'the writes of one message, spelled out',
  async (scene) => {
    const { sink, ws } = await acceptSink(scene);
    spy(scene, sink);
    ws.send(Buffer.from('abc'));
  },
  {
    expected: [
      ['cork'],
      ['write', 'Buffer 8203'],
      ['write', 'Buffer 616263', 'undefined undefined'],
      ['uncork'],
      // The scenario is over.
      ['destroy']
    ]
  }
);

for (const inside of [false, true]) {
  const place = inside ? 'in a handler' : 'outside of handlers';

  /** Calls it at a place, on a socket of a kind. */
  const at = (open) => async (scene) => {
    const { socket, ws } = await open(scene);
    spy(scene, socket);
    if (!inside) {
      sendAll(ws);
    } else {
      const { ws: other, peer } = await scene.accept();
      other.once('message', () => sendAll(ws));
      peer.send({ opcode: TEXT }, { opcode: TEXT });
    }
    await quiet();
    ws.close(1000, 'bye');
    ws.terminate();
  };

  same(
    `${place}, a connection on a Duplex`,
    at(async (scene) => {
      const { sink, ws } = await acceptSink(scene);
      return { socket: sink, ws };
    })
  );

  same(
    `${place}, a connection on a Duplex that has agreed on compression`,
    at(async (scene) => {
      const { sink, ws } = await acceptSink(
        scene,
        {},
        {
          perMessageDeflate: {
            serverNoContextTakeover: true,
            threshold: 100_000
          }
        }
      );
      return { socket: sink, ws };
    })
  );

  same(
    `${place}, a TCP socket whose write() was wrapped before the first frame`,
    at(async (scene) => {
      const { ws } = await scene.accept();
      return { socket: ws._socket, ws };
    })
  );

  same(
    `${place}, a pair of streams: what the other end reads, chunk by chunk`,
    async (scene) => {
      const { ws, peer } = await scene.acceptDirectly();
      const chunks = [];
      peer.socket.on('data', (chunk) => chunks.push(describe(chunk)));
      if (inside) ws.once('message', () => sendAll(ws));
      else sendAll(ws);
      peer.send({ opcode: TEXT });
      await quiet();
      scene.log(...chunks);
    }
  );

  same(`${place}, a channel with a window, as ssh2’s`, async (scene) => {
    const { socket, ws } = await acceptChannel(scene);
    const send = () => {
      sendAll(ws);
      scene.log(ws.bufferedAmount);
    };
    if (!inside) {
      send();
    } else {
      const { ws: other, peer } = await scene.accept();
      other.once('message', send);
      peer.send({ opcode: TEXT }, { opcode: TEXT });
    }
    await quiet();
    scene.log('opened', ws.bufferedAmount);
    socket.open(Infinity);
    await quiet();
    scene.log(ws.bufferedAmount);
    ws.terminate();
  });
}
