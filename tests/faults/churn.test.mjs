// Many connections through a proxy that delays, splits, resets, half-closes and drops, to a server whose handlers
// throw now and then. `npm run soak` does it for long.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Churn } from './churn.mjs';

/** `FRAMEWRIGHT_TEST_CONNECTIONS=10000` is the long form. */
const CONNECTIONS = Number(process.env.FRAMEWRIGHT_TEST_CONNECTIONS ?? 400);

for (const version of ['8.5', '8.23']) {
  test(`ws ${version}: ${CONNECTIONS} connections with faults`, async () => {
    await churnThrough({ version, seed: 1 }, CONNECTIONS);
  });
}

test('a heap of 24 MiB: 200 connections with faults', async () => {
  const execArgv = ['--max-old-space-size=24', '--max-semi-space-size=1'];
  await churnThrough({ seed: 2, execArgv }, 200);
});

async function churnThrough(options, connections) {
  const churn = await Churn.start(options);
  try {
    let left = connections;
    const lane = async () => {
      while (left-- > 0) await churn.connectOnce();
    };
    const long = [true, false].map((isDirect) =>
      churn.converse(
        isDirect,
        () => left > 0,
        () => new Promise(setImmediate)
      )
    );
    await Promise.all([...Array.from({ length: 16 }, lane), ...long]);

    const { decoders, frames, thrown, uncaught } = await churn.settled();
    assert.deepEqual(uncaught, []);
    assert.ok(thrown > 0, 'handlers threw');
    assert.equal(decoders, 0, 'decoders are left');
    assert.equal(churn.figures.losses, 0);
    assert.ok(frames >= churn.figures.messages, 'the codec decoded');
    for (const fault of ['delay', 'split', 'reset', 'half-close', 'drop']) {
      assert.ok(churn.figures.faults[fault] > 0, fault);
    }
  } finally {
    await churn.stop();
  }
}
