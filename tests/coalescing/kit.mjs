// What the tests of collected writes share: each scenario runs on stock ws and on ws accelerated, and
// must leave the same trace. Called as those of tests/semantics are, but each plays once, whatever the machine does, and
// its trace has what cleaning up writes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadTwins } from '../lib/ws-copies.mjs';
import { Scene } from '../semantics/support/scene.mjs';

export { closed, quiet } from '../semantics/support/scene.mjs';

/** The oldest and the newest copy of ws, or the one asked for. */
export const TESTED = process.env.FRAMEWRIGHT_TEST_WS?.split(' ') ?? [
  '8.5',
  '8.23'
];

const twins = new Map();

/**
 * Runs a scenario on stock ws and on ws accelerated, and compares the traces.
 *
 * @param {string} name
 * @param {(scene: Scene) => Promise<void>} scenario
 * @param {object} [options]
 * @param {unknown[]} [options.expected] The trace, where it is worth spelling out
 */
export function same(name, scenario, { expected } = {}) {
  for (const version of TESTED) {
    test(`ws ${version}: ${name}`, async () => {
      const { stock, ours } = accelerated(version);
      const stockTrace = await play(stock, scenario);
      const ourTrace = await play(ours, scenario);

      assert.deepEqual(ourTrace, stockTrace);
      if (expected) assert.deepEqual(ourTrace, expected);
    });
  }
}

/** Runs a scenario on ws accelerated alone, for what stock ws does not do. */
export function oursOnly(name, scenario, { expected }) {
  for (const version of TESTED) {
    test(`ws ${version}: ${name}`, async () => {
      const { ours } = accelerated(version);
      assert.deepEqual(await play(ours, scenario), expected);
    });
  }
}

function accelerated(version) {
  if (!twins.has(version)) twins.set(version, loadTwins(version));
  const { stock, ours } = twins.get(version);
  const [theirs, mine] = [stock, ours].map(({ Sender }) =>
    String(Sender.prototype.sendFrame)
  );
  assert.notEqual(mine, theirs, 'this copy is not accelerated');
  return { stock, ours };
}

async function play(copy, scenario) {
  const scene = new Scene(copy);
  try {
    await scenario(scene);
    return scene.trace;
  } finally {
    await scene.end();
  }
}
