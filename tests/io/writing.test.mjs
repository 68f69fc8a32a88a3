// Sockets that are written past Node's streams: whatever else is done to them is as with ws.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after } from 'node:test';

import { status } from 'framewright';

import { TEXT } from '../lib/frames.mjs';
import { same } from '../semantics/support/kit.mjs';
import { closed, quiet } from '../semantics/support/scene.mjs';

after(() => {
  if (status().io.writing !== 'direct') return;
  assert.ok(status().io.sends > 0, 'nothing was sent directly');
});

const text = (payload) => ({ opcode: TEXT, payload });

function digest(bytes) {
  return createHash('sha1').update(bytes).digest('hex');
}

/** What is done on a connection that was written to before. */
const ACTS = {
  'bytesWritten after each message'({ log }, ws) {
    for (const length of [1, 125, 126, 1000, 20_000, 40_000, 70_000]) {
      ws.send('x'.repeat(length));
      log(length, ws._socket.bytesWritten);
    }
  },
  'bytesWritten when it is destroyed'({ log }, ws) {
    ws.send('last');
    ws._socket.destroy();
    log(ws._socket.bytesWritten);
    setTimeout(() => log(ws._socket.bytesWritten), 10);
  },
  'callbacks in order'({ log }, ws) {
    ws.send('a', (err) => log('a', err));
    ws.send('b');
    ws.send('c', (err) => log('c', err));
    ws._socket.write(Buffer.alloc(0), () => log('written'));
    ws.send('d', (err) => log('d', err));
  },
  "'drain', where it is due"({ log }, ws, peer) {
    ws._socket.on('drain', () => log('drain'));
    ws.send('x'.repeat(10_000));
    log(ws._socket.write(peer.unmasked(text('x'.repeat(70_000)))));
    ws.send('x');
  },
  'among writes of the socket'({ log }, ws, peer) {
    ws.send('one');
    log(ws._socket.write(peer.unmasked(text('two'))));
    ws.send('three');
    ws.send('four');
    ws._socket.write(peer.unmasked(text('five')));
    ws.ping('six');
  },
  'corked by others'({ log }, ws, peer) {
    ws._socket.cork();
    ws.send('one');
    log(ws._socket.writableLength);
    ws._socket.write(peer.unmasked(text('two')));
    ws.send('three');
    setTimeout(() => ws._socket.uncork(), 10);
  },
  'a write() of its own'({ log }, ws) {
    const { write } = ws._socket;
    let length = 0;
    ws._socket.write = function (chunk, ...rest) {
      length += chunk.length;
      return write.call(this, chunk, ...rest);
    };
    ws.send('one');
    setTimeout(() => ws.send('two'), 5);
    setTimeout(() => log(length), 15);
  },
  'a _write() of its own'({ log }, ws) {
    const { _write, _writev } = ws._socket;
    let length = 0;
    ws._socket._write = function (chunk, ...rest) {
      length += chunk.length;
      return _write.call(this, chunk, ...rest);
    };
    ws._socket._writev = function (chunks, cb) {
      for (const { chunk } of chunks) length += chunk.length;
      return _writev.call(this, chunks, cb);
    };
    ws.send('one');
    setTimeout(() => log(length), 15);
  },
  'a writeBuffer() of the handle'({ log }, ws) {
    const { _handle: handle } = ws._socket;
    const { writeBuffer, writev } = handle;
    let writes = 0;
    handle.writeBuffer = function (...args) {
      writes++;
      return writeBuffer.apply(this, args);
    };
    handle.writev = function (...args) {
      writes++;
      return writev.apply(this, args);
    };
    ws.send('one');
    setTimeout(() => log(writes), 15);
  },
  'end(), and more'({ log }, ws) {
    ws.on('error', (err) => log(err));
    ws.send('one');
    ws._socket.end();
    ws.send('two');
    setTimeout(() => ws.send('three', (err) => log('three', err)), 10);
  },
  'destroy(), and more'({ log }, ws) {
    ws.send('one');
    ws._socket.destroy();
    ws.send('two', (err) => log('two', err));
    log(ws._socket.writableLength);
  },
  async 'a peer that is gone'({ log }, ws, peer) {
    peer.socket.resetAndDestroy();
    await quiet();
    ws.send('one', (err) => log('one', err));
    await quiet();
    log(ws.readyState, ws.bufferedAmount);
  },
  'close(), and its answer'(_, ws, peer) {
    ws.send('last words');
    ws.close(1000, 'bye');
    setTimeout(() => peer.close(1000, 'bye'), 10);
  }
};

for (const [what, act] of Object.entries(ACTS)) {
  for (const place of ['in a handler', 'outside of handlers']) {
    same(`${what}, ${place}`, async (scene) => {
      const { ws, peer } = await scene.accept();
      const log = (...entry) => scene.log(...entry);
      peer.unmasked = (frame) =>
        peer.encode({ ...frame, maskingKey: undefined });
      scene.watch(ws);
      ws.send('before');
      await quiet();
      if (place === 'in a handler') {
        ws.once('message', () => act({ log }, ws, peer));
        peer.send(text('go'));
      } else {
        await act({ log }, ws, peer);
      }
      await quiet(20);
      scene.log(ws._socket.bytesWritten, ws.bufferedAmount);
      if (!peer.isClosed) ws.send('after', () => {});
      await quiet();
      scene.log(
        peer.frames().map(([first, payload]) => [first, payload.length])
      );
      scene.log(digest(peer.bytes()));
      peer.socket.destroy();
      await closed(ws);
      scene.log(ws._socket.bytesWritten);
    });
  }
}

same('a timeout that writing puts off', async (scene) => {
  const { ws } = await scene.accept();
  let timeouts = 0;
  ws._socket.setTimeout(400, () => timeouts++);
  for (let i = 0; i < 7; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    ws.send(`${i}`);
  }
  scene.log(timeouts);
  await new Promise((resolve) => setTimeout(resolve, 600));
  scene.log(timeouts > 0);
});

same('a peer that reads late', async (scene) => {
  const { ws, peer } = await scene.accept();
  peer.socket.pause();
  const sent = createHash('sha1');
  let length = 0;
  for (let round = 0; round < 400; round++) {
    for (let i = 0; i < 20; i++) {
      const message = `${round} ${i} `.repeat(1 + ((round * 7 + i) % 300));
      ws.send(message);
      sent.update(message);
      length += message.length;
    }
    if (round % 10 === 0) await new Promise(setImmediate);
  }
  scene.log(ws.bufferedAmount > 0);
  ws.send('the end');
  sent.update('the end');
  peer.socket.resume();
  await peer.until(() => `${peer.bytes().subarray(-7)}` === 'the end');
  const frames = peer.frames();
  const got = createHash('sha1');
  for (const [, payload] of frames) got.update(payload);
  scene.log(frames.length, length, got.digest('hex') === sent.digest('hex'));
  await quiet();
  scene.log(ws.bufferedAmount, ws._socket.bytesWritten);
});

const FILLINGS = {
  text: (length) => 'x'.repeat(length),
  'text beyond ASCII': (length) => '€'.repeat(length / 3),
  'a Buffer': (length) => Buffer.alloc(length, 'x')
};

for (const [what, make] of Object.entries(FILLINGS)) {
  for (const side of ['server', 'client']) {
    same(
      `'drain' after ${what} that fills the stream, by the ${side}`,
      async (scene) => {
        const { ws, peer } = await (side === 'server'
          ? scene.accept()
          : scene.connect());
        const { _socket: socket } = ws;
        const say = () =>
          scene.log(socket.writableNeedDrain, ws.bufferedAmount);
        scene.watch(ws);
        socket.on('drain', () => scene.log('drain'));

        // With its header, the second makes as many bytes as the stream takes.
        for (const less of [9, 4]) {
          const data = make(socket.writableHighWaterMark - less);

          ws.send(data, () => scene.log('sent'));
          say();
          await quiet();
          ws.once('message', () => {
            ws.send('short');
            ws.send(data);
            say();
          });
          peer.send(text('go'));
          await quiet();
        }

        scene.log(socket.bytesWritten);
      }
    );
  }
}
