'use strict';

const { monitorEventLoopDelay } = require('node:perf_hooks');
const { createInterface } = require('node:readline');
const { setTimeout: delay } = require('node:timers/promises');

const HOST = '127.0.0.1';

/** What the inspector asks of those who watch. */
const TOKEN = 'watching-a-bench';

/**
 * Makes this process a companion of the harness: it tells its port, answers
 * `memory`, `rss` and `delay` on standard input, and ends when that ends, so
 * none goes on running.
 *
 * @param {number} port Where the server listens
 */
function attend(port) {
  console.log(JSON.stringify({ port }));
  const lines = createInterface({ input: process.stdin });
  lines.on('line', async (line) => {
    if (line === 'memory') console.log(JSON.stringify(await memory()));
    if (line === 'delay') console.log(JSON.stringify(delays()));
    if (line === 'rss') {
      console.log(JSON.stringify({ rss: process.memoryUsage.rss() }));
    }
  });
  lines.on('close', () => process.exit(0));
}

let histogram;

/** How late the event loop was in ns, at most, since this was asked before. */
function delays() {
  const max = histogram?.max;
  histogram ??= monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  histogram.reset();
  return { max };
}

/** Resident and heap bytes when the garbage is gone. */
async function memory() {
  for (let i = 0; i < 4; i++) {
    if (globalThis.Bun) globalThis.Bun.gc(true);
    else globalThis.gc?.();
    await delay(50);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}

module.exports = { HOST, TOKEN, attend };
