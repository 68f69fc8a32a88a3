// Lets connections die in every way there is, and tells what is left of them.

import { once } from 'node:events';
import zlib from 'node:zlib';

import { compress } from '../lib/compressed.mjs';
import { counters, loadAccelerated } from '../lib/ws-copies.mjs';
import { connectRaw } from '../semantics/support/raw-peer.mjs';

const COUNT = 20;
const copy = loadAccelerated(process.argv[2]);
const text = { opcode: 1, payload: 'x' };
const begun = { opcode: 2, lenBits: 16, declaredLen: 60_000n, payload: 'x' };
const bomb = compress(Buffer.alloc(1 << 21), undefined, {
  level: zlib.constants.Z_BEST_COMPRESSION
});

/** What the peer does, and the application on a message. */
const DEATHS = {
  'close frame': { peer: (peer) => peer.close(1000) },
  'end of the TCP connection': { peer: (peer) => peer.socket.end() },
  reset: { peer: (peer) => peer.socket.resetAndDestroy() },
  'reset in the middle of a frame': {
    peer(peer) {
      peer.send(text, begun);
      peer.socket.once('data', () => peer.socket.resetAndDestroy());
    }
  },
  violation: { peer: (peer) => peer.send({ opcode: 3 }) },
  'text that is not UTF-8': {
    peer: (peer) => peer.send({ opcode: 1, payload: Buffer.of(0xff) })
  },
  'message too long': {
    peer: (peer) =>
      peer.send({ opcode: 2, lenBits: 64, declaredLen: 1n << 40n })
  },
  'DEFLATE bomb': {
    peer: (peer) => peer.send({ rsv: 4, opcode: 2, payload: bomb })
  },
  'DEFLATE rubbish': {
    peer: (peer) =>
      peer.send({ rsv: 4, opcode: 2, payload: Buffer.alloc(64, 0xff) })
  },
  'close()': { app: (ws) => ws.close(), peer: (peer) => answerClose(peer) },
  'terminate()': { app: (ws) => ws.terminate(), peer: say },
  'the socket destroyed': { app: (ws) => ws._socket.destroy(), peer: say },
  'terminate() while paused': {
    app(ws) {
      ws.pause?.();
      setImmediate(() => ws.terminate());
    },
    peer: say
  },
  'a throwing handler': {
    app() {
      throw new Error('thrown');
    },
    peer(peer) {
      peer.send(text);
      peer.close(1000);
    }
  },
  'terminate() with data unsent': {
    app(ws) {
      for (let i = 0; i < 50; i++) ws.send(Buffer.alloc(100_000));
      ws.terminate();
    },
    peer: say
  }
};

function say(peer) {
  peer.send(text, text, begun);
}

function answerClose(peer) {
  peer.send(text);
  peer.received(1).then(() => peer.close(1000));
}

process.on('uncaughtException', (err) => {
  if (err.message !== 'thrown') throw err;
});

const results = {};
for (const [name, death] of Object.entries(DEATHS)) {
  const followed = await die(death);
  results[name] = {
    followed: followed.length,
    alive: await alive(followed),
    decoders: counters().decoders
  };
}
if (process.send) process.send(results);
else console.log(JSON.stringify(results));

/** Lets some connections die, and returns weak references to what they were made of. */
async function die({ app = () => {}, peer: act }) {
  const server = new copy.WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    maxPayload: 1 << 20,
    perMessageDeflate: { threshold: 0 }
  });
  await once(server, 'listening');
  const followed = [];
  const ends = [];
  server.on('connection', (ws) => {
    followed.push(
      ...[ws, ws._receiver, ws._sender].map((it) => new WeakRef(it))
    );
    ends.push(new Promise((resolve) => ws.on('close', resolve)));
    ws.on('error', () => {});
    ws.on('message', () => {
      if (app.length === 0) ws.send('x');
      app(ws);
    });
  });
  for (let i = 0; i < COUNT; i++) {
    const peer = await connectRaw(server.address().port, {
      'Sec-WebSocket-Extensions': 'permessage-deflate'
    });
    act(peer);
    await peer.ended();
    peer.socket.destroy();
  }
  await Promise.all(ends);
  await new Promise((resolve) => server.close(resolve));
  return followed;
}

/** How many of them are still there when the garbage has been collected, which may take some rounds. */
async function alive(followed) {
  for (let round = 0; round < 50; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc();
    if (!followed.some((ref) => ref.deref())) break;
  }
  return followed.filter((ref) => ref.deref()).length;
}
