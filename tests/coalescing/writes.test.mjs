// What leaves together, and how much of it counts as buffered until then.

import assert from 'node:assert/strict';

import { PING, TEXT } from '../lib/frames.mjs';
import { closed, oursOnly, quiet, same } from './kit.mjs';

import { countWrites } from './count-writes.mjs';
import { acceptSink } from './sink.mjs';

oursOnly(
  'the handlers of a chunk: what all but the last send leaves with the first frame of the last',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const writes = countWrites(ws);
    ws.on('message', (data) => {
      ws.send(data);
      ws.send(Buffer.from('bytes'));
      ws.ping();
      scene.log(`${data}`, writes.count);
    });
    peer.send(
      { opcode: TEXT, payload: 'a' },
      { opcode: PING },
      { opcode: TEXT, payload: 'b' }
    );
    await peer.received(7);
    scene.log('writes', writes.count);
  },
  {
    expected: [
      ['a', 0],
      ['b', 2],
      ['writes', 3]
    ]
  }
);

oursOnly(
  'each connection that the handlers send on is written to once, but for the last handler’s first frames',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const { ws: other, peer: otherPeer } = await scene.accept();
    const writes = [countWrites(ws), countWrites(other)];
    const counts = () => writes.map(({ count }) => count);
    ws.on('message', () => {
      for (let i = 0; i < 5; i++) {
        ws.send('this');
        other.send('that');
      }
      scene.log(...counts());
    });
    peer.send({ opcode: TEXT }, { opcode: TEXT }, { opcode: TEXT });
    await Promise.all([peer.received(15), otherPeer.received(15)]);
    scene.log(...counts());
  },
  {
    expected: [
      [0, 0],
      [0, 0],
      [2, 2],
      [3, 3]
    ]
  }
);

for (const [place, act] of [
  ['outside of handlers', (scene, { ws }, send) => send(ws)],
  [
    'in the handler of a chunk’s only message',
    (scene, { ws, peer }, send) => {
      ws.once('message', () => send(ws));
      peer.send({ opcode: TEXT });
    }
  ]
]) {
  oursOnly(
    `${place}, the first two frames leave at once, and the others together`,
    async (scene) => {
      const connection = await scene.accept();
      const writes = countWrites(connection.ws);
      await new Promise((resolve) => setImmediate(resolve));
      act(scene, connection, (ws) => {
        ws.send('1');
        scene.log(writes.count);
        ws.ping('2');
        scene.log(writes.count);
        ws.send('3');
        ws.send('4');
        scene.log(writes.count);
      });
      await connection.peer.received(4);
      scene.log(writes.count);
      await new Promise((resolve) => setImmediate(resolve));
      connection.ws.send('5');
      scene.log(writes.count);
    },
    { expected: [[1], [2], [2], [3], [4]] }
  );
}

oursOnly(
  'a long burst does not collect without end',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const { _handle: handle } = ws._socket;
    let sent = 0;
    let most = 0;
    ws.on('message', () => {
      for (let i = 0; i < 200; i++) {
        ws.send(Buffer.alloc(100));
        sent += 102;
        most = Math.max(most, sent - handle.bytesWritten);
      }
    });
    const before = handle.bytesWritten;
    sent = before;
    peer.send(...Array.from({ length: 10 }, () => ({ opcode: TEXT })));
    await peer.received(2000);
    scene.log(most > 16 * 1024, most <= 33 * 1024);
  },
  { expected: [[true, true]] }
);

same(
  'bufferedAmount does not count what only waits for other frames',
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
  { expected: [[0], [0], [0], ['sent', 0], [0]] }
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
  scene.log(peer.bytes().length, ...peer.frames().slice(-1));
});

oursOnly(
  'a connection that reads too slowly does not keep the bytes of others alive',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    const { ws: other, peer: reader } = await scene.accept();
    peer.socket.pause();
    ws.send(Buffer.alloc(16 * 1024 * 1024));
    for (let i = 0; i < 50; i++) {
      ws.send('short');
      for (let j = 0; j < 10; j++) other.send(Buffer.alloc(20_000));
      await quiet(1);
    }
    await reader.received(500);
    const { buffered } = ws._socket._writableState;
    const kept = new Set(
      buffered.map(({ chunk }) => chunk.buffer).filter(Boolean)
    );
    let length = 0;
    for (const { byteLength } of kept) length += byteLength;
    // Of Node's pool, the short ones may keep a part.
    const most = 64 * 1024 + 2 * Buffer.poolSize;
    scene.log(buffered.length >= 49, length < most);
  },
  { expected: [[true, true]] }
);
