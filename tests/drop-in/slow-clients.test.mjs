// What clients cost in memory that have stopped reading: no more than with stock ws, which queues one
// string or Buffer for all of them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SLOW_CLIENTS = fileURLToPath(
  new URL('fixtures/slow-clients.mjs', import.meta.url)
);
const run = promisify(execFile);
const MB = 1024 * 1024;

/** Environments to run it in. */
const WAYS = {
  broadcast: ['natively', 'FRAMEWRIGHT_COALESCE=off', 'FRAMEWRIGHT=wasm'],
  stuck: ['natively']
};

/** What must have been buffered for each, so that there is something to compare. */
const BUFFERED = { broadcast: 1_000_000, stuck: 1 };

for (const situation of ['broadcast', 'stuck']) {
  for (const type of ['string', 'buffer']) {
    const title = {
      broadcast: `one ${type} after the other to 20 clients with a backlog of 1 MB`,
      stuck: `60 clients that got stuck with a ${type}, while others are served`
    }[situation];

    describe(title, () => {
      let stock;

      before(async () => {
        stock = await measure('stock', situation, type);
      });

      for (const way of WAYS[situation]) {
        test(`${way}: it costs what it costs in stock ws`, async () => {
          const ours = await measure('ours', situation, type, way);
          const both = JSON.stringify({ ours, stock });

          assert.ok(ours.leastBuffered >= BUFFERED[situation], both);
          assert.ok(held(ours) <= 1.2 * held(stock) + 3 * MB, both);
          // What a process has resident varies more.
          assert.ok(ours.rss <= 1.2 * stock.rss + 16 * MB, both);
        });
      }
    });
  }
}

function held({ arrayBuffers, heapUsed }) {
  return arrayBuffers + heapUsed;
}

async function measure(kind, situation, type, way = 'natively') {
  const [name, value] = way.split('=');
  const { stdout } = await run(
    process.execPath,
    ['--expose-gc', SLOW_CLIENTS, 'ws-8.23', kind, situation, type],
    { env: { ...process.env, [name]: value ?? '' }, timeout: 60_000 }
  );
  return JSON.parse(stdout);
}
