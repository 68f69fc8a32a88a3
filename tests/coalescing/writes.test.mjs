// What leaves together, and how much of it counts as buffered until then.

import assert from 'node:assert/strict';

import { PING, TEXT } from '../lib/frames.mjs';
import { closed, oursOnly, quiet, same } from './kit.mjs';

import { acceptSink } from './sink.mjs';

/** How many frames each write has brought. */
function framesOfWrites(sink) {
  let before = 0;
  const octets = sink.writes;
  return octets.map((_, i) => {
    sink.writes = octets.slice(0, i + 1);
    const count = sink.frames().length - before;
    before += count;
    return count;
  });
}

/** Counts the writes of a connection over TCP. */
function countWrites(ws) {
  const counter = { count: 0 };
  const handle = ws._socket._handle;
  for (const name of ['writeBuffer', 'writeUtf8String', 'writev']) {
    const method = handle[name];
    handle[name] = function (...args) {
      counter.count++;
      return method.apply(this, args);
    };
  }
  return counter;
}

oursOnly(
  'what the handlers of a chunk send leaves in one write, when they are done',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const writes = countWrites(ws);
    ws.on('message', (data) => {
      ws.send(data);
      ws.send(Buffer.from('octets'));
      ws.ping();
      scene.log('writes', writes.count);
    });
    peer.send(
      { opcode: TEXT, payload: 'a' },
      { opcode: PING },
      { opcode: TEXT, payload: 'b' }
    );
    await peer.received(7);
    scene.log('writes', writes.count);
  },
  [
    ['writes', 0],
    ['writes', 0],
    ['writes', 1]
  ]
);

oursOnly(
  'each connection that the handlers send on is written to once',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const { ws: other, peer: otherPeer } = await scene.accept();
    const writes = [countWrites(ws), countWrites(other)];
    ws.on('message', () => {
      for (let i = 0; i < 5; i++) {
        ws.send('this');
        other.send('that');
      }
    });
    peer.send({ opcode: TEXT }, { opcode: TEXT });
    await Promise.all([peer.received(10), otherPeer.received(10)]);
    scene.log(...writes.map(({ count }) => count));
  },
  [[1, 1]]
);

oursOnly(
  'outside, the first leaves at once and the others together',
  async (scene) => {
    const { sink, ws } = await acceptSink(scene);
    await new Promise((resolve) => setImmediate(resolve));
    ws.send('1');
    scene.log(framesOfWrites(sink));
    ws.send('2');
    ws.ping('3');
    ws.send('4');
    scene.log(framesOfWrites(sink));
    await undefined;
    scene.log(framesOfWrites(sink));
    await new Promise((resolve) => setImmediate(resolve));
    ws.send('5');
    scene.log(framesOfWrites(sink));
  },
  [[[1]], [[1]], [[1, 3]], [[1, 3, 1]]]
);

oursOnly(
  'a long burst does not collect without end',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    let most = 0;
    ws.on('message', () => {
      for (let i = 0; i < 200; i++) {
        ws.send(Buffer.alloc(10_000));
        most = Math.max(most, ws._sender._bufferedBytes);
      }
    });
    peer.send({ opcode: TEXT });
    await peer.received(200);
    scene.log(most < 128 * 1024);
  },
  [[true]]
);

oursOnly(
  'bufferedAmount counts what is collected',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    ws.on('message', () => {
      ws.send('12345', () => scene.log('sent', ws.bufferedAmount));
      scene.log(ws.bufferedAmount);
      ws.send(Buffer.alloc(200));
      scene.log(ws.bufferedAmount);
      ws.ping();
      scene.log(ws.bufferedAmount);
    });
    peer.send({ opcode: TEXT });
    await peer.received(3);
    await quiet();
    scene.log(ws.bufferedAmount);
  },
  [[7], [7 + 204], [7 + 204 + 2], ['sent', 0], [0]]
);

same('bufferedAmount of a socket that takes nothing', async (scene) => {
  const { sink, ws } = await acceptSink(scene);
  sink.mode = 'holds';
  for (let i = 0; i < 3; i++) {
    ws.send('text');
    ws.send(Buffer.alloc(300));
    ws.send(Buffer.alloc(50_000));
    ws.ping('p');
    scene.log(ws.bufferedAmount);
    await quiet(1);
    scene.log(ws.bufferedAmount);
  }
  sink.mode = 'takes';
  await quiet();
  scene.log(ws.bufferedAmount, ...sink.frames());
});

same('a peer that does not read, and then does', async (scene) => {
  const { ws, peer } = await scene.accept();
  const order = [];
  let expectedLen = 0;
  let len = 0;
  peer.socket.on('data', (chunk) => (len += chunk.length));
  peer.socket.pause();
  for (let i = 0; i < 400; i++) {
    const payloadLen = i % 2 ? 300 : 60_000;
    expectedLen += 4 + payloadLen;
    ws.send(`${i}`.padEnd(payloadLen, '.'), (err) => order.push(err ?? i));
    if (i % 16 === 0) await quiet(1);
  }
  await quiet();
  assert.ok(ws.bufferedAmount > 0, 'the socket has taken it all');
  peer.socket.resume();
  while (len < expectedLen) await quiet(1);
  await quiet();
  scene.log(ws.bufferedAmount, order);
  scene.log(peer.frames().map(([, payload]) => parseInt(payload, 10)));
});

same('a stream that is piped into a connection', async (scene) => {
  const { ws, peer } = await scene.accept();
  const duplex = scene.copy.WebSocket.createWebSocketStream(ws);
  let writes = 0;
  peer.socket.pause();
  const more = () => {
    while (writes < 100) {
      if (!duplex.write(Buffer.alloc(60_000, writes++))) {
        duplex.once('drain', more);
        return;
      }
    }
    duplex.end();
  };
  more();
  await quiet();
  assert.ok(writes < 100, 'there is no backpressure');
  peer.socket.resume();
  await peer.received(101);
  peer.close(1000);
  await closed(ws);
  scene.log(peer.octets().length, ...peer.frames().slice(-1));
});

oursOnly(
  'a connection that is behind does not keep the octets of others alive',
  async (scene) => {
    const { sink, ws } = await acceptSink(scene);
    const { ws: other } = await acceptSink(scene);
    sink.mode = 'holds';
    for (let i = 0; i < 50; i++) {
      ws.send('short');
      for (let j = 0; j < 10; j++) other.send(Buffer.alloc(20_000));
      await quiet(1);
    }
    const { buffered } = sink._writableState;
    const kept = new Set(
      buffered.map(({ chunk }) => chunk.buffer).filter(Boolean)
    );
    let length = 0;
    for (const { byteLength } of kept) length += byteLength;
    scene.log(buffered.length, length < 64 * 1024);
  },
  [[49, true]]
);
