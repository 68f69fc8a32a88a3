// Much at once: backpressure, bufferedAmount, long messages, many frames in a chunk, streams.

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { BINARY, PING, TEXT } from '../lib/frames.mjs';
import { Random } from '../lib/random.mjs';

import { same } from './support/kit.mjs';
import { closed, quiet } from './support/scene.mjs';

const SIZES = [64, 1000, 16384, 65535, 65536, 1 << 18, 1 << 20];

function digest(bytes) {
  return createHash('sha1').update(bytes).digest('hex');
}

for (const deflate of [false, true]) {
  const how = deflate ? ', compressed' : '';

  same(`echo of 64 bytes to 1 MiB, both ways${how}`, async (scene) => {
    const options = { perMessageDeflate: deflate };
    const { ws, client } = await scene.pair(options, options);
    const random = new Random(1);
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
    const messages = SIZES.flatMap((size) => [
      random.bytes(size),
      'é'.repeat(size / 2)
    ]);
    const got = [];
    const done = new Promise((resolve) => {
      client.on('message', (data, isBinary) => {
        got.push([digest(data), isBinary]);
        if (got.length === messages.length) resolve();
      });
    });
    for (const message of messages) client.send(message);
    await done;
    scene.log(...got);
    scene.log(...messages.map(digest));
  });

  same(`5000 messages at once, both ways${how}`, async (scene) => {
    const options = { perMessageDeflate: deflate && { threshold: 0 } };
    const { ws, client } = await scene.pair(options, options);
    const count = deflate ? 500 : 5000;
    let sent = 0;
    const got = [];
    ws.on('message', (data) => ws.send(`${data}!`));
    const done = new Promise((resolve) => {
      client.on('message', (data) => {
        got.push(data.toString());
        if (got.length === count) resolve();
      });
    });
    for (let i = 0; i < count; i++) client.send(`${i}`, () => sent++);
    await done;
    await quiet();
    scene.log(
      sent,
      got.length,
      got.every((text, i) => text === `${i}!`)
    );
  });

  same(`a stream of 1 MiB each way${how}`, async (scene) => {
    const { createWebSocketStream } = scene.copy.WebSocket;
    const options = { perMessageDeflate: deflate };
    const bytes = new Random(2).bytes(1 << 20);
    for (const isUp of [true, false]) {
      const { ws, client } = await scene.pair(options, options);
      const [from, to] = isUp ? [client, ws] : [ws, client];
      const hash = createHash('sha1');
      await Promise.all([
        pipeline(
          Readable.from(slices(bytes, 10000)),
          createWebSocketStream(from)
        ),
        pipeline(createWebSocketStream(to), hash)
      ]);
      scene.log(hash.digest('hex') === digest(bytes));
    }
  });
}

same('4,200 frames in one chunk, and more', async (scene) => {
  const { ws, peer } = await scene.accept();
  const got = [];
  ws.on('message', (data, isBinary) => got.push([`${data}`, isBinary]));
  ws.on('ping', (data) => got.push([`${data}`, 'ping']));
  const frames = Array.from({ length: 9000 }, (_, i) => ({
    opcode: i % 100 === 99 ? PING : i % 2 ? TEXT : BINARY,
    payload: `${i}`
  }));
  // As one chunk, whatever the kernel would make of it.
  ws._socket.emit('data', peer.encode(...frames.slice(0, 4200)));
  ws._socket.emit('data', peer.encode(...frames.slice(4200)));
  await quiet();
  scene.log(got.length, digest(JSON.stringify(got)));
  scene.log('pongs', (await peer.received(60)).length >= 60);
});

same(
  'allowSynchronousEvents: false: one event in a turn',
  async (scene) => {
    const { ws, peer } = await scene.accept({ allowSynchronousEvents: false });
    const order = [];
    const note = (name) => {
      order.push(name);
      setImmediate(() => order.push(`${name} immediate`));
      process.nextTick(() => order.push(`${name} tick`));
      queueMicrotask(() => order.push(`${name} microtask`));
    };
    ws.on('message', (data) => note(`${data}`));
    ws.on('ping', () => note('ping'));
    peer.send(
      { opcode: TEXT, payload: 'a' },
      { opcode: PING },
      { opcode: BINARY, payload: 'b' },
      { opcode: TEXT, payload: 'c' }
    );
    await quiet();
    scene.log(...order);
  },
  { since: '8.16' }
);

same(
  'allowSynchronousEvents: false: a chunk waits for the one before',
  async (scene) => {
    const { ws, peer } = await scene.accept({ allowSynchronousEvents: false });
    scene.watch(ws);
    const chunk = peer.encode(
      { opcode: TEXT, payload: 'a' },
      { opcode: TEXT, payload: 'b' }
    );
    ws._socket.emit('data', Buffer.from(chunk));
    ws._socket.emit('data', Buffer.from(chunk));
    scene.log('none yet');
    await quiet();
    peer.close(1000);
    await peer.ended();
    peer.socket.end();
    await closed(ws);
  },
  { since: '8.16' }
);

same('pause() stops reading, resume() goes on', async (scene) => {
  const { ws, peer } = await scene.accept();
  let got = 0;
  ws.on('message', (data) => {
    got += data.length;
  });
  ws.pause();
  const payload = Buffer.alloc(60000, 'x');
  for (let i = 0; i < 100; i++) peer.send({ opcode: BINARY, payload });
  await quiet(10);
  scene.log('paused', ws.isPaused, got, peer.socket.writableLength > 0);
  ws.resume();
  while (got < 100 * payload.length) await quiet(1);
  scene.log('resumed', ws.isPaused, got);
});

same('bufferedAmount counts what a peer does not read', async (scene) => {
  const { ws, peer } = await scene.accept();
  peer.socket.pause();
  const payload = Buffer.alloc(1 << 16, 'x');
  for (let i = 0; i < 200; i++) ws.send(payload);
  await quiet();
  scene.log('some is left', ws.bufferedAmount > 1 << 20);
  peer.socket.resume();
  while (ws.bufferedAmount > 0) await quiet(1);
  await peer.until(() => peer.bytes().length >= 200 * (10 + payload.length));
  scene.log('none is left', peer.frames().length);
});

same('bufferedAmount at once after send()', async (scene) => {
  const { ws, peer } = await scene.accept();
  peer.socket.pause();
  // Until the kernel takes no more.
  while (ws.bufferedAmount === 0) ws.send(Buffer.alloc(1 << 20));
  await quiet();
  const before = ws.bufferedAmount;
  ws.send('12345');
  scene.log(ws.bufferedAmount - before);
  ws.send(Buffer.alloc(200));
  scene.log(ws.bufferedAmount - before);
  ws.ping('x');
  scene.log(ws.bufferedAmount - before);
  await quiet();
  scene.log(ws.bufferedAmount - before);
  ws.terminate();
});

same('callbacks of send() come in order, once each', async (scene) => {
  const { ws, peer } = await scene.accept();
  const order = [];
  for (let i = 0; i < 300; i++) {
    const data = i % 50 === 0 ? Buffer.alloc(70000) : `${i}`;
    ws.send(data, (err) => order.push(err ? 'failed' : i));
  }
  await peer.received(300);
  await quiet();
  scene.log(...order);
});

same('a message in chunks of one byte', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  const bytes = peer.encode(
    { opcode: TEXT, payload: 'é€🙂' },
    { fin: false, opcode: BINARY, payload: 'ab' },
    { opcode: PING, payload: 'p' },
    { opcode: 0, payload: 'x'.repeat(300) }
  );
  for (const byte of bytes) ws._socket.emit('data', Buffer.from([byte]));
  await quiet();
});

function* slices(bytes, len) {
  for (let at = 0; at < bytes.length; at += len) {
    yield bytes.subarray(at, at + len);
  }
}
