// Sockets of every kind: TLS, and streams that aren't sockets at all; and handlers that throw.

import { once } from 'node:events';
import https from 'node:https';

import { generate } from 'selfsigned';

import { TEXT } from '../lib/frames.mjs';
import { closed, oursOnly, quiet, same } from './kit.mjs';

import { Sink, acceptSink } from './sink.mjs';

const { cert, private: key } = await generate([
  { name: 'commonName', value: 'localhost' }
]);

/** Both ends of a connection over TLS. */
async function secure(scene) {
  const server = https.createServer({ cert, key });
  const wss = new scene.copy.WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scene.onEnd(() => {
    for (const client of wss.clients) client.terminate();
    server.close();
  });
  const { port } = server.address();
  const client = new scene.copy.WebSocket(`wss://127.0.0.1:${port}`, {
    rejectUnauthorized: false
  });
  const [[ws]] = await Promise.all([
    once(wss, 'connection'),
    once(client, 'open')
  ]);
  scene.onEnd(() => client.terminate());
  return { ws, client };
}

same('TLS: bursts both ways, long and short', async (scene) => {
  const { ws, client } = await secure(scene);
  const received = { ws: [], client: [] };
  ws.on('message', (data) => received.ws.push(data.length));
  client.on('message', (data) => {
    received.client.push(data.length);
    client.send('x'.repeat(data.length));
    client.send('');
  });
  const lengths = [1, 40_000, 300, 0, 100_000, 7, 7];
  for (const length of lengths) ws.send(Buffer.alloc(length));
  while (received.ws.length < 2 * lengths.length) await quiet(1);
  scene.log(received.client, received.ws);
  scene.log(ws.bufferedAmount, client.bufferedAmount);
});

same('TLS: terminate() right after messages', async (scene) => {
  const { ws, client } = await secure(scene);
  client.on('message', (data) => scene.log(data));
  client.on('error', () => {});
  for (const text of ['one', 'two', 'three']) {
    ws.send(text, (err) => scene.log(text, err ?? 'sent'));
  }
  ws.terminate();
  await Promise.all([closed(ws), closed(client)]);
  scene.trace.sort();
});

for (const gathers of [true, false]) {
  const kind = gathers ? 'with _writev()' : 'without _writev()';

  same(`a stream ${kind}`, async (scene) => {
    const { sink, ws } = await acceptSink(scene, { gathers });
    for (let i = 0; i < 3; i++) {
      ws.send('text');
      ws.send(Buffer.from('bytes'));
      ws.send(Buffer.alloc(40_000));
      await quiet(1);
    }
    ws.close(1000);
    await quiet();
    scene.log(...sink.frames());
    sink.push(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
    sink.push(null);
    await closed(ws);
  });
}

oursOnly(
  'a socket whose _write() throws does not keep others from being written',
  async (scene) => {
    const { ws: first } = await scene.accept();
    const { ws: second, peer: reader } = await scene.accept();
    first._socket._write = () => {
      throw new Error('The socket is broken');
    };
    const { ws, peer } = await scene.accept();
    ws.once('message', () => {
      first.send('lost');
      second.send('kept');
    });
    const thrown = new Promise((resolve) => {
      process.setUncaughtExceptionCaptureCallback(resolve);
    });
    peer.send({ opcode: TEXT }, { opcode: TEXT });
    scene.log(await thrown);
    process.setUncaughtExceptionCaptureCallback(null);
    await reader.received(1);
    second.send('later');
    await reader.received(2);
    scene.log(...reader.frames());
  },
  {
    expected: [
      [['Error', undefined, 'The socket is broken', undefined]],
      [
        [0x81, 'kept'],
        [0x81, 'later']
      ]
    ]
  }
);

same('a handler that throws: what it sent is sent', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.once('message', () => {
    ws.send('one', (err) => scene.log('one', err ?? 'sent'));
    ws.send('two', (err) => scene.log('two', err ?? 'sent'));
    throw new Error('mine');
  });
  const thrown = new Promise((resolve) => {
    process.setUncaughtExceptionCaptureCallback(resolve);
  });
  peer.send({ opcode: 1 });
  scene.log(await thrown);
  process.setUncaughtExceptionCaptureCallback(null);
  await peer.received(2);
  await quiet();
  scene.log(...peer.frames());
});

same('callbacks that throw: each is called', async (scene) => {
  const { sink, ws } = await acceptSink(scene);
  const thrown = [];
  process.setUncaughtExceptionCaptureCallback((err) => {
    thrown.push(err.message);
  });
  for (const text of ['a', 'b', 'c', 'd']) {
    ws.send(text, () => {
      scene.log(text);
      throw new Error(text);
    });
  }
  await quiet();
  process.setUncaughtExceptionCaptureCallback(null);
  scene.log(thrown, ...sink.frames());
});

oursOnly(
  'a socket that is written to from inside another one’s write',
  async (scene) => {
    const [outer, inner, last] = [
      await scene.accept(),
      await scene.accept(),
      await scene.accept()
    ];
    const { _write } = outer.ws._socket;
    outer.ws._socket._write = function (...args) {
      inner.ws.send('in between 1');
      inner.ws.send('in between 2');
      _write.apply(this, args);
    };
    const { ws, peer } = await scene.accept();
    ws.once('message', () => {
      outer.ws.send('one');
      last.ws.send('two');
    });
    peer.send({ opcode: TEXT }, { opcode: TEXT });
    await Promise.all([
      outer.peer.received(1),
      inner.peer.received(2),
      last.peer.received(1)
    ]);
    await quiet();
    for (const { peer } of [outer, inner, last]) scene.log(...peer.frames());
  },
  {
    expected: [
      [[0x81, 'one']],
      [
        [0x81, 'in between 1'],
        [0x81, 'in between 2']
      ],
      [[0x81, 'two']]
    ]
  }
);

same(
  'a stream that is written to from inside another one’s write',
  async (scene) => {
    // As in-process pairs of streams do: writing to one delivers to the other at once.
    const { sink: outer, ws: first } = await acceptSink(scene);
    const { sink: inner, ws: second } = await acceptSink(scene);
    const { _write } = Sink.prototype;
    outer._write = function (...args) {
      second.send('in between');
      _write.apply(this, args);
    };
    const { ws, peer } = await scene.accept();
    ws.on('message', () => first.send('one'));
    peer.send({ opcode: TEXT });
    await quiet();
    for (const sink of [outer, inner]) scene.log(...sink.frames());
  }
);
