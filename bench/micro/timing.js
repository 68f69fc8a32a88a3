'use strict';

const { loadWs } = require('../peers/load');

/**
 * Runs one cell of an in-process bench, as its command line asks, and prints
 * one line of JSON: nanoseconds a unit.
 *
 * @param {string} name The bench's file name
 * @param {Object<string, object>} cells Its cells
 * @param {Function} create `(ws, cell)` to `{ units, pass(verify) }`: a pass
 *     does `units` units of work, throws at a wrong result, and resolves to the
 *     nanoseconds it took; where `verify` is set it checks every octet
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
    const ns = await repeat(bench, Number(duration));
    await bench.pass(true);
    console.log(JSON.stringify({ peer, cell: id, ns }));
  } catch (err) {
    console.error(`${name} bench, ${peer} ${id}: ${err.stack}`);
    process.exitCode = 1;
  }
}

/** Nanoseconds a unit, of so many milliseconds of passes. */
async function repeat(bench, durationMs) {
  let ns = 0;
  let passes = 0;
  while (ns < durationMs * 1e6) {
    ns += await bench.pass(false);
    passes++;
    // Garbage, ticks and timers of a real program.
    await new Promise(setImmediate);
  }
  return ns / passes / bench.units;
}

/** Resolves behind all ticks that are queued so far. */
function ticked() {
  return new Promise((resolve) => process.nextTick(resolve));
}

module.exports = { runCell, ticked };
