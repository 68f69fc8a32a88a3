// Processes that end right after send(): what ws would have written is written.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { TEXT } from '../lib/frames.mjs';
import { acceptRaw } from '../semantics/support/raw-peer.mjs';

import { TESTED } from './kit.mjs';

const SENDER = fileURLToPath(new URL('fixtures/sender.cjs', import.meta.url));

const WAYS = [
  'terminate() after messages',
  'process.exit() after messages',
  'process.exit() in a microtask',
  'process.exit() in a handler',
  'a handler that throws',
  'an error that nobody catches',
  "messages sent on 'exit'",
  "messages sent on 'exit' from a handler"
];

for (const version of TESTED) {
  for (const way of WAYS) {
    test(`ws ${version}: ${way}`, { timeout: 60_000 }, async () => {
      const [stock, ours] = await Promise.all(
        ['stock', 'ours'].map((kind) => receive(`ws-${version}`, kind, way))
      );
      assert.ok(stock.length >= 5);
      assert.deepEqual(ours, stock);
    });
  }
}

/** What a process sends before it is gone. */
async function receive(alias, kind, way) {
  const listener = net.createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  const child = spawn(
    process.execPath,
    [SENDER, `ws://127.0.0.1:${port}`, alias, kind, way],
    { stdio: ['ignore', 'inherit', 'pipe'] }
  );
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  const exited = once(child, 'exit');
  const peer = await Promise.race([
    acceptRaw(listener),
    exited.then(() => assert.fail(`the process has ended: ${errors}`))
  ]);
  peer.send({ opcode: TEXT });
  await Promise.all([peer.ended(), exited]);
  listener.close();
  peer.socket.destroy();
  return peer.frames();
}
