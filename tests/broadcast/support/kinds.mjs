// The tests of broadcasting run on stock copies of ws as well as on accelerated ones.

import { describe, it as test } from 'node:test';

import { loadAccelerated, loadCopy } from '../../lib/ws-copies.mjs';
import { Scene } from '../../semantics/support/scene.mjs';

export { closed, quiet } from '../../semantics/support/scene.mjs';

const COPIES = [];

for (const version of ['8.5', '8.23']) {
  COPIES.push([`stock ws ${version}`, loadCopy(version), false]);
  COPIES.push([`accelerated ws ${version}`, loadAccelerated(version), true]);
}

/**
 * Describes something on each copy of ws.
 *
 * @param {string} name
 * @param {(kind: { it: Function, isAccelerated: boolean }) => void} define Its `it` gives tests a Scene
 */
export function describeEach(name, define) {
  for (const [title, copy, isAccelerated] of COPIES) {
    describe(`${name}, ${title}`, () => {
      const it = (what, run) =>
        test(what, { timeout: 30_000 }, async () => {
          const scene = new Scene(copy);
          try {
            await run(scene);
          } finally {
            await scene.end();
          }
        });
      define({ it, isAccelerated });
    });
  }
}
