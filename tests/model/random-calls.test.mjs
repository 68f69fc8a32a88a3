// Random calls on pairs of real connections, with stock ws as the model: what each end saw must be the same.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

import { counters, loadTwins } from '../lib/ws-copies.mjs';

import { play } from './play.mjs';

const SEQUENCES = 60;
const THROWING = new URL('throwing.mjs', import.meta.url);

for (const version of ['8.5', '8.23']) {
  test(`ws ${version}: ${SEQUENCES} sequences`, async () => {
    const { stock, ours } = loadTwins(version);
    const before = counters().frames;
    for (let seed = 1; seed <= SEQUENCES; seed++) {
      const expected = await play(stock, seed);
      assert.deepEqual(await play(ours, seed), expected, `seed ${seed}`);
    }
    assert.ok(counters().frames > before + SEQUENCES, 'the codec decoded');
  });

  test(`ws ${version}: ${SEQUENCES} sequences with listeners that throw`, async () => {
    const child = fork(THROWING, [version, SEQUENCES]);
    const [{ thrown }] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the sequences ended with ${code}`);
      })
    ]);
    assert.ok(thrown > SEQUENCES, `${thrown} were thrown`);
  });
}
