'use strict';

const { createRequire } = require('module');
const os = require('os');
const path = require('path');

const { version } = require('../../../package.json');
const backend = require('../../backend/backend');
const Failure = require('../failure');
const { CELLS, nameOf } = require('./cells');
const Load = require('./load');
const Peer = require('./peer');
const Schedule = require('./schedule');
const table = require('./table');
const { summaryOf, verdictOf } = require('./verdict');

const PEERS = ['ws', 'framewright'];
const ROUNDS = 5;

/**
 * Warming up takes as long as so many rounds: then V8 has compiled the code.
 */
const WARM_UP = 2;

/**
 * If a server is less busy than this, it may be faster than the figure says.
 */
const BUSY = 0.85;

/**
 * `framewright bench`: measures ws beside framewright, in rounds that take
 * turns, on the copy of ws that the project in this directory uses.
 *
 * @param {Object} options The options
 * @param {Boolean} options.json Whether to print JSON
 * @param {Number} options.seconds How long to measure in all
 */
async function bench({ json, seconds }) {
  if (backend.name === 'stock') {
    throw new Failure(
      `there is nothing to compare: ${backend.reason} (see framewright doctor)`
    );
  }

  const ws = findWs();
  const runs = CELLS.length * PEERS.length * (WARM_UP + ROUNDS);
  const schedule = new Schedule(seconds * 1000, runs);
  const peers = await startPeers(ws.directory);
  const cells = [];

  try {
    for (const [i, cell] of CELLS.entries()) {
      if (!json) progress(`${i + 1} of ${CELLS.length}: ${nameOf(cell)} …`);

      const result = await measure(peers, cell, schedule);
      const { kind } = cell;

      cells.push({
        name: nameOf(cell),
        kind,
        ...result,
        verdict: verdictOf(result)
      });
    }
  } finally {
    for (const peer of peers) peer.stop();
    if (!json) progress('');
  }

  const result = {
    framewright: version,
    backend: backend.name,
    ws: ws.version,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: `${os.availableParallelism()} × ${os.cpus()[0]?.model.trim()}`,
    cells,
    summary: summaryOf(cells)
  };

  if (json) console.log(JSON.stringify(result, null, 2));
  else table(result, process.stdout);
}

/** The project's copy of ws, else the one that framewright depends on. */
function findWs() {
  for (const from of [path.join(process.cwd(), 'package.json'), __filename]) {
    try {
      const file = createRequire(from).resolve('ws/package.json');

      return { directory: path.dirname(file), version: require(file).version };
    } catch {
      // Then there is the other.
    }
  }

  throw new Failure('there is no ws here');
}

async function startPeers(directory) {
  const peers = [];

  for (const name of PEERS) {
    try {
      peers.push(await Peer.start(name, directory));
    } catch (err) {
      for (const peer of peers) peer.stop();
      throw new Failure(`can't measure ${name}: ${err.message}`);
    }
  }

  return peers;
}

async function measure(peers, cell, schedule) {
  const loads = [];
  const rates = peers.map(() => []);
  const shares = peers.map(() => []);

  try {
    const warmUp = schedule.next(PEERS.length * WARM_UP) * WARM_UP;

    for (const { ports } of peers) {
      const port = cell.isCompressed ? ports.compressed : ports.plain;

      loads.push(await Load.open(port, cell));
      await loads.at(-1).run(warmUp);
    }

    for (let round = 0; round < ROUNDS; round++) {
      const duration = schedule.next(PEERS.length);

      for (const [i, peer] of peers.entries()) {
        const start = { cpu: await peer.cpu(), time: performance.now() };

        rates[i].push(await loads[i].run(duration));

        const cpu = (await peer.cpu()) - start.cpu;

        shares[i].push(cpu / 1000 / (performance.now() - start.time));
      }
    }
  } finally {
    for (const load of loads) load.close();
  }

  const [stock, ours] = rates;
  const ratios = ours.map((rate, round) => rate / stock[round]);
  const ratio = median(ratios);

  return {
    ws: median(stock),
    framewright: median(ours),
    ratio,
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    // One bad round must not decide the figure.
    spread: median(ratios.map((one) => Math.abs(one / ratio - 1))),
    // Whether the clients, and not framewright, were the limit.
    isAtLeast: median(shares[1]) < BUSY
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** On a terminal, the line is written over. */
function progress(text) {
  if (!process.stderr.isTTY) {
    if (text !== '') console.error(text);
    return;
  }

  process.stderr.clearLine(0);
  process.stderr.cursorTo(0);
  process.stderr.write(text);
}

module.exports = bench;
