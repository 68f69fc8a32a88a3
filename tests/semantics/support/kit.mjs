// What the tests of behaviour share: each scenario runs over real sockets, on stock ws and on ws
// accelerated, and must leave the same trace.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { counters, isAtLeast, loadTwins } from '../../lib/ws-copies.mjs';

import { bePatient, Scene } from './scene.mjs';
import { OurScene } from './transport.mjs';

/** The oldest, those where events began to be deferred and not any more, and the newest; or the one asked for. */
const TESTED = process.env.FRAMEWRIGHT_TEST_WS?.split(' ') ?? [
  '8.5',
  '8.16',
  '8.18',
  '8.23'
];

/** How many times the usual to wait until it is quiet, try by try. */
const PATIENCE = [1, 10, 50];

const twins = new Map();

after(() => {
  // Where `--name` names none of a file's tests, none has run.
  if (twins.size === 0) return;
  assert.ok(counters().frames > 0, 'it was not the codec that was tested');
});

/**
 * Runs a scenario on stock ws and on ws accelerated, and compares the traces.
 *
 * @param {string} name
 * @param {(scene: Scene) => Promise<void>} scenario
 * @param {object} [options]
 * @param {string} [options.since] The first version of ws that can do it
 * @param {unknown[]} [options.expected] The trace, where it is worth spelling out
 */
export function same(name, scenario, { since = '8.5', expected } = {}) {
  for (const version of TESTED) {
    if (!isAtLeast(version, since)) continue;
    test(`ws ${version}: ${name}`, { timeout: 60_000 }, async () => {
      const { stock, ours } = copiesOf(version);
      const { ourTrace, stockTrace } = await playBoth(stock, ours, scenario);

      assert.deepEqual(ourTrace, stockTrace);
      if (expected) assert.deepEqual(ourTrace, expected);
    });
  }
}

/** Runs a scenario on ws accelerated alone, for what stock ws does not do. */
export function oursOnly(name, scenario, { versions = TESTED, expected }) {
  for (const version of versions) {
    test(`ws ${version}: ${name}`, { timeout: 20_000 }, async () => {
      assert.deepEqual(
        await play(copiesOf(version).ours, scenario, OurScene),
        expected
      );
    });
  }
}

export function copiesOf(version) {
  if (!twins.has(version)) twins.set(version, loadTwins(version));
  return twins.get(version);
}

/**
 * Plays a scenario on both. On a busy machine one may not have come to its end
 * while it was quiet, so what differs gets more time before it counts.
 */
async function playBoth(stock, ours, scenario) {
  for (const patience of PATIENCE) {
    bePatient(patience);

    try {
      const stockTrace = await play(stock, scenario);
      const ourTrace = await play(ours, scenario, OurScene);
      const isLast = patience === PATIENCE.at(-1);

      if (isLast || isDeepStrictEqual(ourTrace, stockTrace)) {
        return { ourTrace, stockTrace };
      }
    } finally {
      bePatient(1);
    }
  }
}

async function play(copy, scenario, SceneOf = Scene) {
  const scene = new SceneOf(copy);
  try {
    await scenario(scene);
    // What cleaning up makes of it is no part of it.
    return [...scene.trace];
  } finally {
    await scene.end();
  }
}
