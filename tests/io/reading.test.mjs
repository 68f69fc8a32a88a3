// Sockets that are read past Node's streams: whatever is done to them, and when, is as with ws.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { after } from 'node:test';

import { status } from 'framewright';

import { TEXT } from '../lib/frames.mjs';
import { same } from '../semantics/support/kit.mjs';
import { closed, quiet } from '../semantics/support/scene.mjs';

after(() => {
  if (status().io.reading !== 'direct') return;
  assert.ok(status().io.chunks > 0, 'nothing was read directly');
});

const text = (payload) => ({ opcode: TEXT, payload });

/** When something is done to the socket, among three messages. */
const MOMENTS = {
  'before the first chunk': async (peer, _, act) => {
    await act();
    peer.send(text('one'));
    await quiet();
    peer.send(text('two'));
  },
  'between chunks': async (peer, _, act) => {
    peer.send(text('one'));
    await quiet();
    peer.send(text('two'));
    await quiet();
    await act();
  },
  'in the middle of a frame': async (peer, _, act) => {
    peer.send(text('one'));
    await quiet();
    const bytes = peer.encode(text('two, which comes in parts'));
    peer.socket.write(bytes.subarray(0, 9));
    await quiet();
    peer.socket.write(bytes.subarray(9, 12));
    await quiet();
    await act();
    peer.socket.write(bytes.subarray(12));
  },
  'in the header of a frame': async (peer, _, act) => {
    const bytes = peer.encode(text('one'), text('two'));
    peer.socket.write(bytes.subarray(0, 10));
    await quiet();
    await act();
    peer.socket.write(bytes.subarray(10));
  },
  'inside a handler': async (peer, ws, act) => {
    peer.send(text('one'));
    await quiet();
    const acted = once(ws, 'message').then(quiet);
    ws.once('message', act);
    peer.send(text('two'), text('two and a half'));
    await acted;
  }
};

/** Logs at last how many bytes somebody saw, however they were cut. */
function sum(scene, length) {
  scene.sum = (scene.sum ?? 0) + length;
  scene.atLast = () => scene.log('saw', scene.sum);
}

const ACTS = {
  'nothing at all': () => {},
  async 'pause() and resume() of the socket'(scene, { _socket: socket }) {
    socket.pause();
    scene.log('paused', socket.isPaused());
    setTimeout(() => socket.resume(), 20);
  },
  async 'pause() and resume() of the WebSocket'(scene, ws, peer) {
    ws.pause();
    peer.send({ opcode: 9, payload: 'pinged while paused' });
    setTimeout(() => {
      scene.log('resumed');
      ws.resume();
    }, 20);
  },
  'a second listener'(scene, { _socket: socket }) {
    const chunks = [];
    socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    scene.atLast = () => scene.log(Buffer.concat(chunks).length);
  },
  'a first listener, which leaves again'(scene, { _socket: socket }) {
    let length = 0;
    const listener = (chunk) => {
      length += chunk.length;
      socket.off('data', listener);
      scene.log('left', length);
    };
    socket.prependListener('data', listener);
  },
  'a once-listener'(scene, { _socket: socket }) {
    socket.once('data', (chunk) => scene.log(chunk.length));
  },
  "no listener for a while, not even ws's"(scene, { _socket: socket }) {
    const listeners = socket.rawListeners('data');
    socket.removeAllListeners('data');
    socket.pause();
    setTimeout(() => {
      for (const listener of listeners) socket.on('data', listener);
      socket.resume();
    }, 20);
  },
  "ws's listener in a wrapper"(scene, { _socket: socket }) {
    const [listener] = socket.listeners('data');
    socket.removeAllListeners('data');
    socket.on('data', function (chunk) {
      sum(scene, chunk.length);
      listener.call(this, chunk);
    });
  },
  'a socket that is piped as well'(scene, { _socket: socket }) {
    const copy = new PassThrough();
    let length = 0;
    copy.on('data', (chunk) => (length += chunk.length));
    socket.pipe(copy);
    scene.atLast = () => scene.log('piped', length);
  },
  'a push() of its own'(scene, { _socket: socket }) {
    const { push } = socket;
    socket.push = function (chunk, encoding) {
      sum(scene, chunk === null ? 0 : chunk.length);
      return push.call(this, chunk, encoding);
    };
  },
  'an emit() of its own'(scene, { _socket: socket }) {
    const { emit } = socket;
    socket.emit = function (name, ...args) {
      if (name === 'data') sum(scene, args[0].length);
      return emit.call(this, name, ...args);
    };
  },
  'a write() of its receiver'(scene, { _receiver: receiver }) {
    const { write } = receiver;
    receiver.write = function (chunk) {
      sum(scene, chunk.length);
      return write.call(this, chunk);
    };
  },
  async 'unshift()'(scene, { _socket: socket }, peer) {
    // Not in the middle of a frame, where it would be part of it.
    const bytes = peer.encode({ opcode: 10, payload: 'unshifted' });
    if (scene.isWhole) socket.unshift(bytes);
  },
  "a 'readable' listener for a while"(scene, { _socket: socket }) {
    const listener = () => {};
    socket.on('readable', listener);
    setTimeout(() => {
      socket.off('readable', listener);
      socket.resume();
    }, 20);
  },
  'an onread of the handle'(scene, { _socket: socket }) {
    const { onread } = socket._handle;
    socket._handle.onread = function (arrayBuffer) {
      sum(scene, arrayBuffer?.byteLength ?? 0);
      return onread.call(this, arrayBuffer);
    };
    scene.log(typeof onread, socket._handle.onread !== onread);
  },
  'the end'(scene, _, { socket }) {
    setTimeout(() => socket.end(), 20);
  },
  'a reset'(scene, _, { socket }) {
    setTimeout(() => socket.resetAndDestroy(), 20);
  },
  'a reset while paused'(scene, ws, { socket }) {
    ws.pause();
    setTimeout(() => socket.resetAndDestroy(), 10);
    setTimeout(() => ws.resume(), 40);
  },
  'the end while paused'(scene, ws, { socket }) {
    ws.pause();
    setTimeout(() => socket.end(), 10);
    setTimeout(() => ws.resume(), 40);
  },
  'destroy()'(scene, { _socket: socket }) {
    socket.destroy();
  },
  'destroy() with an error'(scene, { _socket: socket }) {
    socket.destroy(new Error('on purpose'));
  },
  'end()'(scene, { _socket: socket }) {
    socket.end();
  },
  'terminate()'(scene, ws) {
    ws.terminate();
  },
  'close()'(scene, ws, peer) {
    ws.close(1000, 'bye');
    setTimeout(() => peer.close(1000, 'bye'), 20);
  },
  'a timeout that reading puts off'(scene, { _socket: socket }, peer) {
    let timeouts = 0;
    let sent = 0;
    socket.setTimeout(400, () => timeouts++);
    const timer = setInterval(() => {
      peer.send(text('still here'));
      if (++sent < 6) return;
      clearInterval(timer);
      scene.log('timeouts', timeouts);
      socket.setTimeout(0);
    }, 100);
  }
};

for (const [what, act] of Object.entries(ACTS)) {
  for (const [when, send] of Object.entries(MOMENTS)) {
    for (const side of ['server', 'client']) {
      if (side === 'client' && when !== 'between chunks') continue;
      same(`${what}, ${when}, on the ${side}`, async (scene) => {
        const { ws, peer } = await (side === 'server'
          ? scene.accept()
          : scene.connect());
        const { _socket: socket } = ws;
        scene.isWhole = !/frame/.test(when) && /chunk/.test(when);
        scene.watch(ws);
        for (const name of ['pause', 'resume', 'end', 'close', 'timeout']) {
          socket.on(name, () => scene.log('socket', name));
        }
        await send(peer, ws, () => act(scene, ws, peer));
        await quiet(30);
        if (/timeout/.test(what)) await quiet(350);
        peer.send(text('three'));
        await quiet(10);
        peer.send(text('long '.repeat(50_000)), text('four'));
        await quiet(20);
        scene.atLast?.();
        scene.log(socket.bytesRead, socket.destroyed, ws.readyState);
        peer.socket.end();
        await closed(ws);
        scene.log(socket.bytesRead, socket.readableFlowing);
      });
    }
  }
}

same('much that is put back in a handler', async (scene) => {
  const { ws, peer } = await scene.accept();
  const { _socket: socket } = ws;
  scene.watch(ws);
  peer.send(text('one'));
  await quiet();
  ws.once('message', () => {
    socket.pause();
    socket.unshift(peer.encode(text('long '.repeat(40_000))));
    setTimeout(() => socket.resume(), 10);
  });
  peer.send(text('two'));
  await quiet(20);
  peer.send(text('three'));
  await quiet(20);
  scene.log(socket.bytesRead);
});

same('an iterator over the socket', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  peer.send(text('one'));
  await quiet();
  const chunks = [];
  const reading = (async () => {
    for await (const chunk of ws._socket) chunks.push(chunk.length);
  })();
  await quiet();
  peer.send(text('two'));
  await quiet();
  peer.socket.end();
  await reading.catch((err) => scene.log(err));
  scene.log(chunks);
});

same('createWebSocketStream() on a socket that was read', async (scene) => {
  const { ws, peer } = await scene.accept();
  peer.send(text('one'));
  await quiet();
  const duplex = scene.copy.WebSocket.createWebSocketStream(ws, {
    encoding: 'utf8'
  });
  duplex.on('error', (err) => scene.log(err));
  let all = '';
  for (let i = 0; i < 100; i++) peer.send(text(`${i} `.repeat(1000)));
  await quiet(20);
  duplex.on('data', (data) => (all += data));
  await quiet(50);
  scene.log(all.length, all.endsWith('99 '));
  peer.close(1000);
  await closed(ws);
});
