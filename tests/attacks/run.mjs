// Runs the attacks on one version and backend; `scripts/security.mjs` and the test take it from here.

import assert from 'node:assert/strict';

import { Attacked } from './attacked.mjs';
import { calls } from './calls.mjs';
import { endings } from './endings.mjs';
import { floods } from './floods.mjs';
import { handshakes } from './handshakes.mjs';
import { violations } from './violations.mjs';

const MIB = 1024 * 1024;

/**
 * Each row has a `name`, what is `expected`, the `attack`, and `mib`, by which memory may grow at its height.
 */
export const ROWS = [
  ...floods,
  ...handshakes,
  ...violations,
  ...calls,
  ...endings
];

export const TARGETS = ['native', 'wasm'].flatMap((backend) =>
  ['8.5', '8.23'].map((version) => ({ backend, version }))
);

/** An attacked process, and a connection in it that none of the attacks concerns. */
export async function startTarget(options) {
  const attacked = await Attacked.start(options.version, options.backend);
  const bystander = await attacked.connect('deflate');
  attacked.keep(bystander);
  await echo(bystander);
  return { attacked, bystander, options };
}

/**
 * Runs one row.
 *
 * @returns {Promise<{ ms: number, mib: number }>} How long it took, and by how much memory grew at its height
 */
export async function runRow(row, { attacked, bystander, options }) {
  const before = await attacked.call('startMemory');
  const start = performance.now();
  await row.attack(attacked, options);
  const ms = performance.now() - start;
  const mib = ((await attacked.call('peakMemory')) - before) / MIB;
  const { uncaught, decoders } = await attacked.cleanUp();

  assert.deepEqual(uncaught, row.uncaught ?? [], 'uncaught exceptions');
  assert.equal(decoders, 1, 'the only decoder left is the bystander’s');
  await echo(bystander);
  assert.ok(mib < row.mib, `memory grew by ${mib.toFixed(1)} MiB`);
  return { ms, mib };
}

async function echo(peer) {
  const count = peer.frames().length;
  peer.send({ opcode: 1, payload: 'still here' });
  await peer.received(count + 1);
}
