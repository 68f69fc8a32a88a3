// Receivers: random streams into stock ws and into the copy under test.

import { show } from '../difference.mjs';
import { makeReceiverCase } from './case.mjs';
import { judge } from './judge.mjs';
import { reuseMemory, runPairs } from './trace.mjs';
import { shrink } from './shrink.mjs';

/**
 * Compares the receivers of two copies of ws on the cases of some seeds.
 *
 * @param {{ stock: object, ours: object }} twins
 * @param {number[]} seeds
 * @param {import('../report.mjs').Report} report Where the results go
 */
export async function compareReceivers(twins, seeds, report) {
  const { version } = twins.stock;
  reuseMemory();
  const cases = seeds.map((seed) => makeReceiverCase(seed, version));
  for (const pair of await runPairs(twins, cases)) {
    const { kase, log } = pair[0];
    const { difference, exceptions } = await judgeWide(twins, pair);
    for (const name of exceptions) report.count('exceptions', name);
    for (const [name, err] of log) {
      if (name === 'error') report.count('errors', err.code);
      else if (name === 'message') report.count('events', name);
    }
    if (!difference) continue;
    if (!report.wantsMore) {
      report.fail(kase.seed, difference);
      continue;
    }
    const fails = async (candidate) => {
      const [again] = await runPairs(twins, [candidate]);
      return (await judgeWide(twins, again)).difference !== null;
    };
    const small = (await fails(kase)) ? await shrink(kase, fails) : kase;
    const [again] = await runPairs(twins, [small]);
    report.fail(kase.seed, describe(small, again, difference));
  }
}

/**
 * Judges a pair, and where messages refer to text outside of the agreed window, by what stock ws makes of them with
 * the largest one: the codec keeps no other.
 */
async function judgeWide(twins, pair) {
  const verdict = judge(pair);
  const [stock, ours] = pair;
  if (!verdict.difference || !refersTooFar(stock)) return verdict;
  const [[wide]] = await runPairs(twins, [widen(stock.kase)]);
  const { difference, exceptions } = judge([wide, ours]);
  return difference
    ? verdict
    : { difference, exceptions: [...exceptions, 'window larger than agreed'] };
}

function refersTooFar(trace) {
  return (
    trace !== undefined &&
    (refersTooFar(trace.partner) ||
      trace.log.some(
        ([name, err]) =>
          name === 'error' && err.message === 'invalid distance too far back'
      ))
  );
}

function widen({ deflate, partner, ...kase }) {
  return {
    ...kase,
    deflate: deflate && {
      ...deflate,
      client_max_window_bits: 15,
      server_max_window_bits: 15
    },
    partner: partner && widen(partner)
  };
}

/** Runs one case given as JSON, as a report prints it. */
export async function replay(twins, json) {
  const [pair] = await runPairs(twins, [parseCase(json)]);
  return {
    ...(await judgeWide(twins, pair)),
    logs: pair.map(({ log }) => log.map(show))
  };
}

function describe(kase, pair, first) {
  return [
    judge(pair).difference ?? `not seen again alone; at first: ${first}`,
    `smallest case: ${JSON.stringify(kase, hexBytes)}`
  ].join('\n');
}

function hexBytes(key, value) {
  return key === 'bytes' ? Buffer.from(value.data).toString('hex') : value;
}

function parseCase(json) {
  return JSON.parse(json, (key, value) =>
    key === 'bytes' ? Buffer.from(value, 'hex') : value
  );
}
