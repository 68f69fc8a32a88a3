'use strict';

const fs = require('node:fs');
const { loadWs } = require('../load-ws');

const SCHEDSTAT = '/proc/thread-self/schedstat';

/**
 * Runs one cell of an in-process bench, as its command line asks, and prints
 * one line of JSON: nanoseconds a unit.
 *
 * @param {string} name The bench's file name
 * @param {Object<string, object>} cells Its cells
 * @param {Function} create `(ws, cell)` to `{ units, pass(verify) }`: a pass
 *     does `units` units of work, throws at a wrong result, and resolves to what
 *     a `stopwatch()` says it took; where `verify` is set it checks every byte
 */
async function runCell(name, cells, create) {
  const [peer, id, duration = '300', warmup = '300'] = process.argv.slice(2);
  const cell = cells[id];
  if (!cell) {
    console.error(
      `usage: node ${name}.js <peer> <cell> [duration ms] [warm-up ms]\n` +
        `cells: ${Object.keys(cells).join(', ')}`
    );
    process.exitCode = 2;
    return;
  }
  try {
    const bench = create(loadWs(peer), cell);
    await bench.pass(true);
    await repeat(bench, Number(warmup));
    const result = await repeat(bench, Number(duration));
    await bench.pass(true);
    console.log(JSON.stringify({ peer, cell: id, ...result }));
  } catch (err) {
    console.error(`${name} bench, ${peer} ${id}: ${err.stack}`);
    process.exitCode = 1;
  }
}

/**
 * Passes for so many milliseconds. Garbage collection counts; the time that the
 * core was given to another process does not, but it is told.
 */
async function repeat(bench, durationMs) {
  let ns = 0;
  let waitedNs = 0;
  let passes = 0;
  while (ns < durationMs * 1e6) {
    const taken = await bench.pass(false);
    ns += taken.ns;
    waitedNs += taken.waitedNs;
    passes++;
    // Ticks and timers of a real program.
    await new Promise(setImmediate);
  }
  return {
    ns: (ns - waitedNs) / passes / bench.units,
    disturbed: waitedNs / ns
  };
}

/**
 * Starts to measure.
 *
 * @return {function(): { ns: number, waitedNs: number }} Tells the nanoseconds
 *     since, and how many of them this thread waited for its core
 */
function stopwatch() {
  const waitedBefore = waited();
  const start = process.hrtime.bigint();
  return () => ({
    ns: Number(process.hrtime.bigint() - start),
    waitedNs: waited() - waitedBefore
  });
}

let schedstat;
const stat = Buffer.alloc(64);

/** Nanoseconds that this thread has waited for its core, where Linux tells. */
function waited() {
  try {
    schedstat ??= fs.openSync(SCHEDSTAT);
  } catch {
    return 0;
  }
  const length = fs.readSync(schedstat, stat, 0, stat.length, 0);
  return Number(stat.latin1Slice(0, length).split(' ')[1]);
}

/** Resolves after all ticks that are queued so far. */
function ticked() {
  return new Promise((resolve) => process.nextTick(resolve));
}

module.exports = { runCell, stopwatch, ticked };
