// Random calls on stock ws's Sender and on ours. For longer runs see run.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NEWEST, VERSIONS, loadTwins } from '../lib/ws-copies.mjs';

import { runOracle } from './pool.mjs';
import { makeSenderCase } from './sender/case.mjs';
import { SenderTrace } from './sender/trace.mjs';

const SEED = 6455;

for (const version of VERSIONS) {
  const streams = version === NEWEST ? 20_000 : 1_000;

  test(`ws ${version}: ${streams} sequences of calls`, async () => {
    const job = { kind: 'sender', version, seed: SEED, streams };
    const { report } = await runOracle(job);

    assert.equal(report.failed, 0, report.explain('sender', version));
    assert.equal(report.streams, streams);
    assert.ok(report.counts.events['called back'] > streams);
  });

  test(`ws ${version}: 3000 frames`, async () => {
    const job = { kind: 'frame', version, seed: SEED, streams: 3_000 };
    const { report } = await runOracle(job);

    assert.equal(report.failed, 0, report.explain('frame', version));
    assert.ok(report.counts.events['list of 2'] > 300);
  });
}

test('it is our Sender that is compared: it writes less often', async () => {
  const { stock, ours } = loadTwins(NEWEST);
  let stockWrites = 0;
  let ourWrites = 0;
  for (let seed = SEED; seed < SEED + 200; seed++) {
    const kase = makeSenderCase(seed, NEWEST);
    const traces = [stock, ours].map((copy) => new SenderTrace(copy, kase));
    for (const trace of traces) await trace.run();
    stockWrites += traces[0].bytes.length;
    ourWrites += traces[1].bytes.length;
  }
  assert.ok(ourWrites < 0.8 * stockWrites, `${ourWrites} of ${stockWrites}`);
});
