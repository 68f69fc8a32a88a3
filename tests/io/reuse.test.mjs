// Descriptors that new connections get at once: no byte goes to a wrong one.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import WebSocket, { status } from 'framewright';

import { decodeFrames } from '../lib/decode-frames.mjs';
import { TEXT } from '../lib/frames.mjs';
import { Random } from '../lib/random.mjs';
import { connectRaw } from '../semantics/support/raw-peer.mjs';

const CONNECTIONS = Number(process.env.FRAMEWRIGHT_TEST_CONNECTIONS ?? 1000);
const AT_ONCE = 25;

/** How a client leaves. */
const LEAVINGS = [
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.destroy(),
  (socket) => socket.end(),
  // It goes on reading.
  (socket) => {
    socket.end();
    setTimeout(() => socket.destroy(), 5);
  }
];

/** Sends without asking whether the connection is open, as some frameworks do. */
function sendAnyway({ _sender: sender, says = 'nothing' }) {
  sender.send(says, { binary: false, compress: false, fin: true, mask: false });
}

test('no byte to a wrong socket', { timeout: 600_000 }, async (t) => {
  const server = new WebSocket.Server({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const random = new Random(7);
  const before = status().io.sends;
  const fds = new Map();
  const gone = [];
  server.on('connection', (ws) => {
    const { fd } = ws._socket._handle;
    fds.set(fd, (fds.get(fd) ?? 0) + 1);
    ws.on('error', () => {});
    ws.on('close', () => {
      gone.push(ws);
      // Who is gone is sent something still, while others have its descriptor.
      for (const other of gone.slice(-20)) sendAnyway(other);
    });
    ws.on('message', (data) => {
      ws.says = `${data} `.repeat(1 + random.below(40));
      ws.send(ws.says);
      setImmediate(() => ws.send(ws.says));
      setTimeout(() => ws.send(ws.says), random.below(8));
      if (random.below(10) === 0) ws._socket.end();
      if (random.below(10) === 0) ws.terminate();
      if (random.below(10) === 0) ws.close();
      ws.send(ws.says);
      queueMicrotask(() => ws.send(ws.says));
      for (const other of gone.slice(-3)) sendAnyway(other);
    });
  });
  const { port } = server.address();
  let next = 0;
  let received = 0;
  const client = async () => {
    while (next < CONNECTIONS) {
      const name = `client ${next++}`;
      const peer = await connectRaw(port);
      for (let i = random.below(3); i >= 0; i--) {
        peer.send({ opcode: TEXT, payload: name });
        if (random.below(2)) await delay(random.below(4));
      }
      await delay(random.below(4));
      random.pick(LEAVINGS)(peer.socket);
      await delay(random.below(8));
      for (const { first, payload } of decodeFrames(peer.bytes())) {
        if (first !== 0x81) continue;
        received++;
        const said = payload.toString();
        assert.equal(said.replaceAll(`${name} `, ''), '', name);
      }
      peer.socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  for (const ws of server.clients) ws.terminate();
  await new Promise((resolve) => server.close(resolve));
  t.diagnostic(
    JSON.stringify({
      connections: CONNECTIONS,
      descriptors: fds.size,
      uses: Math.max(...fds.values()),
      received,
      sends: status().io.sends - before
    })
  );
  assert.ok(received > CONNECTIONS, `${received} were received`);
  assert.ok(Math.max(...fds.values()) > 5, 'descriptors were used again');
  if (status().io.writing === 'direct') assert.ok(status().io.sends > before);
});
