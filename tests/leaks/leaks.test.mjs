// Nothing is left of a connection, however it died. The objects are followed by weak references.

import assert from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

import { Reader } from './reader.mjs';

const run = promisify(execFile);
const DEATHS = new URL('deaths.mjs', import.meta.url);
const THREAD = new URL('thread.mjs', import.meta.url);
const IDLE = new URL('idle.mjs', import.meta.url);
const EXITING = new URL('exiting.mjs', import.meta.url);

/** `FRAMEWRIGHT_TEST_WORKERS=1000` is the long form. */
const WORKERS = Number(process.env.FRAMEWRIGHT_TEST_WORKERS ?? 12);
const MIB = 1024 * 1024;

for (const [version, backend] of [
  ['8.5', 'native'],
  ['8.23', 'native'],
  ['8.23', 'wasm']
]) {
  test(`ws ${version}, ${backend}: every way to die`, async () => {
    const child = fork(DEATHS, [version], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, FRAMEWRIGHT: backend }
    });
    const [results] = await once(child, 'message');
    assert.ok(Object.keys(results).length >= 12);
    const nothing = { followed: 60, alive: 0, decoders: 0 };
    for (const [death, left] of Object.entries(results)) {
      assert.deepEqual(left, nothing, death);
    }
  });
}

for (const [version, backend] of [
  ['8.5', 'native'],
  ['8.23', 'native'],
  ['8.23', 'wasm']
]) {
  test(`ws ${version}, ${backend}: idle connections keep no message`, async () => {
    const child = fork(IDLE, [version], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, FRAMEWRIGHT: backend }
    });
    const [results] = await once(child, 'message');
    const nothing = { received: 5, alive: 0 };
    assert.deepEqual(results, {
      plain: nothing,
      compressed: nothing,
      deferred: nothing
    });
  });
}

test(`${WORKERS} worker threads, some ended in the middle of their work`, async () => {
  const start = process.memoryUsage.rss();
  let middle;
  for (let i = 0; i < WORKERS; i++) {
    const worker = new Worker(THREAD, { workerData: { lingers: i % 3 === 0 } });
    const exited = once(worker, 'exit');
    const [frames] = await once(worker, 'message');
    assert.ok(frames > 0, 'the codec decoded');
    if (i % 3 === 0) await worker.terminate();
    else await exited;
    if (i === WORKERS >> 1) middle = process.memoryUsage.rss();
  }
  // Half of them warmed up; the others leave nothing.
  const grown = (process.memoryUsage.rss() - middle) / MIB;
  const perWorker = grown / (WORKERS / 2);
  assert.ok(
    perWorker < 1,
    `${perWorker.toFixed(2)} MiB a worker, from ${start / MIB} MiB`
  );
});

for (const how of ['exit', 'end', 'throw']) {
  test(`a process that ends by ${how} lets go what it has sent`, async () => {
    const child = fork(EXITING, [how], { silent: true });
    const [{ port }] = await once(child, 'message');
    const { texts, code } = await new Reader(port, child).whole();
    assert.deepEqual(
      texts,
      Array.from({ length: 50 }, (_, i) => `message ${i}`)
    );
    assert.equal(code, how === 'throw' ? 1 : 0);
  });
}

test('every way to die with a heap of 24 MiB', async () => {
  const { stdout } = await run(process.execPath, [
    '--max-old-space-size=24',
    '--expose-gc',
    fileURLToPath(DEATHS),
    '8.23'
  ]);
  assert.match(stdout, /^\{/);
});
