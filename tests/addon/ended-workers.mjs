// Workers that end, or are ended, while the thread pool works for them.
//
//   node tests/addon/ended-workers.mjs <file of the addon>

import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Worker,
  isMainThread,
  parentPort,
  workerData
} from 'node:worker_threads';

const WORKERS = 12;
const LENGTH = 4 << 20;

if (isMainThread) {
  const file = path.resolve(process.argv[2]);
  for (let i = 0; i < WORKERS; i++) {
    const worker = new Worker(fileURLToPath(import.meta.url), {
      workerData: { file, how: ['exit', 'terminate', 'throw'][i % 3] }
    });
    worker.on('error', (err) => assert.equal(err.message, 'thrown'));
    const exited = next(worker, 'exit');
    const jobs = await next(worker, 'message');
    assert.equal(jobs, 6);
    if (i % 3 === 1) await worker.terminate();
    else await exited;
    globalThis.gc();
  }
  console.log('done');
} else {
  const loaded = { exports: {} };
  process.dlopen(loaded, workerData.file);
  const addon = loaded.exports;
  const { ENDS_MESSAGE, UNFINISHED } = JSON.parse(addon.contract()).layout;
  const options = { windowBits: 15, contextTakeover: true };
  const fragment = Buffer.alloc(LENGTH, 'some text, ');
  const jobs = [];
  for (let i = 0; i < 3; i++) {
    const id = addon.openCompressor(options);
    jobs.push(addon.compressAsync(id, fragment, true));
    // Taken from its job while it is there.
    if (i === 0) addon.closeCompressor(id);
  }
  const id = addon.openCompressor(options);
  const payload = Buffer.alloc(addon.compress(id, fragment, true));
  addon.takeDeflated(payload);
  for (let i = 0; i < 3; i++) {
    const id = addon.openDecompressor(options);
    // What comes out at once waits in the context.
    if (i > 0) {
      assert.equal(addon.inflate(id, payload, ENDS_MESSAGE), UNFINISHED);
    }
    jobs.push(addon.inflateAsync(id, payload, ENDS_MESSAGE));
  }
  parentPort.postMessage(jobs.length);
  if (workerData.how === 'exit') setImmediate(() => process.exit());
  if (workerData.how === 'throw') {
    setImmediate(() => {
      throw new Error('thrown');
    });
  }
}

/** As `once()`, which would end with an error. */
function next(worker, event) {
  return new Promise((resolve) => worker.once(event, resolve));
}
