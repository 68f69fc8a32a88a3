// Receivers: random streams into stock ws and into the copy under test.

import { show } from './difference.mjs';
import { makeReceiverCase } from './receiver-case.mjs';
import { judge } from './receiver-judge.mjs';
import { runPairs } from './receiver-trace.mjs';
import { shrink } from './shrink.mjs';

/**
 * Compares the receivers of two copies of ws on the cases of some seeds.
 *
 * @param {{ stock: object, ours: object }} twins
 * @param {number[]} seeds
 * @param {import('./report.mjs').Report} report Where the results go
 */
export async function compareReceivers(twins, seeds, report) {
  const { version } = twins.stock;
  const cases = seeds.map((seed) => makeReceiverCase(seed, version));
  for (const pair of await runPairs(twins, cases)) {
    const { kase, log } = pair[0];
    const { difference, exceptions } = judge(pair);
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
      return judge(again).difference !== null;
    };
    const small = (await fails(kase)) ? await shrink(kase, fails) : kase;
    const [again] = await runPairs(twins, [small]);
    report.fail(kase.seed, describe(small, again, difference));
  }
}

/** Runs one case given as JSON, as a report prints it. */
export async function replay(twins, json) {
  const [pair] = await runPairs(twins, [parseCase(json)]);
  return { ...judge(pair), logs: pair.map(({ log }) => log.map(show)) };
}

function describe(kase, pair, first) {
  return [
    judge(pair).difference ?? `not seen again alone; at first: ${first}`,
    `smallest case: ${JSON.stringify(kase, hexOctets)}`
  ].join('\n');
}

function hexOctets(key, value) {
  return key === 'octets' ? Buffer.from(value.data).toString('hex') : value;
}

function parseCase(json) {
  return JSON.parse(json, (key, value) =>
    key === 'octets' ? Buffer.from(value, 'hex') : value
  );
}
