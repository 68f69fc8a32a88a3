// A socket that is handed to another process: what was sent before has left before it goes.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HAND_OVER = fileURLToPath(
  new URL('fixtures/hand-over.cjs', import.meta.url)
);
const run = promisify(execFile);

/** What the client gets. The last message is the child's, which ends without a close frame. */
const EXPECTED = {
  'after one message': ['one', 'from the child', 1006],
  'after many messages': [
    ...Array.from({ length: 10 }, (_, i) => `message ${i}`),
    'ping ping',
    '\0'.repeat(20),
    'from the child',
    1006
  ],
  'after what others were sent': [
    ...Array.from({ length: 4 }, (_, i) => `to all ${i}`),
    'last',
    'from the child',
    1006
  ]
};

for (const [act, expected] of Object.entries(EXPECTED)) {
  for (const place of ['in a handler', 'outside of handlers']) {
    test(`${act}, ${place}`, { timeout: 60_000 }, async () => {
      const way = `${act}, ${place}`;
      const [stock, ours, onWasm] = await Promise.all([
        handOver('stock', way),
        handOver('ours', way),
        handOver('ours', way, 'wasm')
      ]);
      assert.deepEqual(ours, stock);
      assert.deepEqual(onWasm, stock);
      assert.deepEqual(ours, expected);
    });
  }
}

async function handOver(kind, way, backend = '') {
  const { stdout } = await run(
    process.execPath,
    [HAND_OVER, 'ws-8.23', kind, way],
    { env: { ...process.env, FRAMEWRIGHT: backend }, timeout: 20_000 }
  );
  return JSON.parse(stdout);
}
