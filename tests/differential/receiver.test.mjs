// Random streams into stock ws's Receiver and into ours. For longer runs see run.mjs.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { ERROR_CODES } from '../lib/error-codes.mjs';
import { NEWEST, VERSIONS } from '../lib/ws-copies.mjs';

import { runOracle } from './pool.mjs';

const SEED = 6455;

for (const version of VERSIONS) {
  const streams = version === NEWEST ? 100_000 : 4_000;

  test(`ws ${version}: ${streams} streams`, async () => {
    const job = { kind: 'receiver', version, seed: SEED, streams };
    const { report, counters } = await runOracle(job);

    assert.equal(report.failed, 0, report.explain('receiver', version));
    assert.equal(report.streams, streams);

    // It was the codec that decoded, and most of it was more than an error.
    assert.ok(counters.frames > 5 * streams);
    assert.ok(counters.messages > report.counts.events.message / 2);

    const early = report.counts.exceptions['UTF-8 fails early'];
    assert.ok(early > 0 && early < 0.05 * streams);

    if (version === NEWEST) {
      for (const code of ERROR_CODES) {
        assert.ok(report.counts.errors[code] > 100, code);
      }
    }
  });
}

test('the WebAssembly backend: 4000 streams', async (t) => {
  const require = createRequire(import.meta.resolve('framewright'));
  try {
    require('@framewright/wasm');
  } catch (err) {
    t.skip(`it is not built: ${err.message}`);
    return;
  }
  const job = { kind: 'receiver', version: NEWEST, seed: SEED, streams: 4000 };
  const { report, counters } = await runOracle({ ...job, backend: 'wasm' });

  assert.equal(report.failed, 0, report.explain('receiver', NEWEST));
  assert.ok(counters.frames > 5 * report.streams);
});
