// Shows that the differential tests can fail: stock ws is not found to differ from itself, and is found to
// differ from a copy with any one of many faults put in.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NEWEST, VERSIONS, loadCopy, deafen } from '../lib/ws-copies.mjs';

import { RECEIVER_MUTANTS, SENDER_MUTANTS, mutate } from './mutants.mjs';
import { runOracle } from './pool.mjs';
import { compareReceivers } from './receiver/oracle.mjs';
import { Report } from './report.mjs';
import { compareSenders } from './sender/oracle.mjs';

const BATCH = 100;
const PATIENCE = 20_000;

for (const version of VERSIONS) {
  for (const kind of ['receiver', 'sender']) {
    test(`stock ws ${version} does not differ from itself: ${kind}`, async () => {
      const job = { kind, version, seed: 1, streams: 1000, against: 'stock' };
      const { report } = await runOracle(job);

      assert.equal(report.failed, 0, report.explain(kind, version));
      assert.deepEqual(report.counts.exceptions, {});
    });
  }
}

for (const mutant of RECEIVER_MUTANTS) {
  test(`finds a receiver with a fault: ${mutant[0]}`, async () => {
    const mutated = loadCopy(NEWEST, mutate(mutant));
    const twins = { stock: deafen(loadCopy(NEWEST)), ours: deafen(mutated) };

    await assertFound(compareReceivers, twins);
  });
}

for (const mutant of SENDER_MUTANTS) {
  test(`finds a sender with a fault: ${mutant[0]}`, async () => {
    const mutated = loadCopy(NEWEST, mutate(mutant));
    const twins = { stock: loadCopy(NEWEST), ours: mutated };

    await assertFound(compareSenders, twins);
  });
}

async function assertFound(compare, twins) {
  const report = new BareReport();
  let seed = 0;
  while (report.failed === 0 && seed < PATIENCE) {
    const seeds = Array.from({ length: BATCH }, () => seed++);
    await compare(twins, seeds, report);
  }
  assert.ok(report.failed > 0, `not found in ${seed} cases`);
}

/** Wants no failure described, which would take long. */
class BareReport extends Report {
  get wantsMore() {
    return false;
  }
}
