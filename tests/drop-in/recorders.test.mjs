// Recorders and agents wrap what sockets write by. They see every byte, as with stock ws, and what they
// keep never changes.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { PLACES } from './support/recording.mjs';

const RECORDED = fileURLToPath(
  new URL('fixtures/recorded.mjs', import.meta.url)
);
const run = promisify(execFile);

for (const place of Object.keys(PLACES)) {
  const isShared = /prototype\./.test(place);

  for (const moment of isShared
    ? ['before', 'after', 'running']
    : ['running']) {
    for (const mode of moment === 'running'
      ? ['plain', 'deflate']
      : ['plain']) {
      const when = {
        before: 'before framewright is loaded',
        after: 'before a connection is opened',
        running: 'on an open connection'
      }[moment];

      test(
        `${place}, wrapped ${when}, sees all and may keep it (${mode})`,
        { timeout: 60_000 },
        async () => {
          const [stock, ours] = await Promise.all(
            ['stock', 'ours'].map((kind) => record(kind, place, moment, mode))
          );
          assert.deepEqual(ours, stock);
          assert.equal(ours.wire, true);
          assert.equal(ours.changed, 0);
          // A Duplex has a copy of Writable's method of its own.
          const isCopied = place === 'Writable.prototype.write';
          assert.equal(ours.sees, isCopied ? 'nothing' : 'all');
        }
      );
    }
  }
}

async function record(kind, ...args) {
  const { stdout } = await run(process.execPath, [
    RECORDED,
    'ws-8.23',
    kind,
    ...args
  ]);
  return JSON.parse(stdout);
}
