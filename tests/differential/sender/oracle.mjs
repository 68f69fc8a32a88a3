// Senders: random calls on stock ws and on the copy under test.

import { decodeMessages } from '../../lib/decode-messages.mjs';

import { difference, show } from '../difference.mjs';
import { makeSenderCase } from './case.mjs';
import { SenderTrace } from './trace.mjs';

/**
 * Compares the senders of two copies of ws on the cases of some seeds.
 *
 * @param {{ stock: object, ours: object }} twins
 * @param {number[]} seeds
 * @param {import('../report.mjs').Report} report Where the results go
 */
export async function compareSenders(twins, seeds, report) {
  const { version } = twins.stock;
  const cases = seeds.map((seed) => makeSenderCase(seed, version));
  for (const pair of await runSenders(twins, cases)) {
    const { kase, log } = pair[0];
    for (const [name] of log) report.count('events', name);
    const found = judge(pair);
    if (!found) continue;
    if (!report.wantsMore) {
      report.fail(kase.seed, found);
      continue;
    }
    const small = await shrinkCalls(twins, kase);
    report.fail(kase.seed, `${found}\nsmallest case: ${JSON.stringify(small)}`);
  }
}

async function runSenders({ stock, ours }, cases) {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const pairs = cases.map((kase) => [
    new SenderTrace(stock, kase),
    new SenderTrace(ours, kase)
  ]);
  await Promise.all(pairs.flat().map((trace) => trace.run()));
  Error.stackTraceLimit = stackTraceLimit;
  return pairs;
}

function judge([stock, ours]) {
  const expected = Buffer.concat(stock.bytes);
  const actual = Buffer.concat(ours.bytes);
  return (
    differentBytes(stock.kase, expected, actual) ??
    difference(stock.thrown, ours.thrown) ??
    difference(stock.log, ours.log) ??
    difference(stock.events, ours.events)
  );
}

function differentBytes(kase, expected, actual) {
  if (expected.equals(actual)) return null;
  // With random masking keys, or compressed elsewhere, frames must be the same once read.
  if (!kase.fixedKeys || kase.deflate) {
    const takeover = !kase.deflate?.server_no_context_takeover;
    return difference(
      decodeMessages(expected, takeover),
      decodeMessages(actual, takeover)
    );
  }
  let at = 0;
  while (expected[at] === actual[at]) at++;
  const near = (bytes) => bytes.subarray(Math.max(0, at - 16), at + 16);
  return (
    `byte ${at} (of ${expected.length}, of ${actual.length}):\n` +
    `  expected ${show(near(expected))}\n  actual   ${show(near(actual))}`
  );
}

/** Leaves calls out as long as the difference stays. */
async function shrinkCalls(twins, kase) {
  let best = kase;
  for (let i = kase.calls.length - 1; i >= 0; i--) {
    const calls = best.calls.filter((call) => call !== kase.calls[i]);
    const [pair] = await runSenders(twins, [{ ...best, calls }]);
    if (judge(pair)) best = pair[0].kase;
  }
  return best;
}
