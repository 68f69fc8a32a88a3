// The suites in which stock ws is the oracle, on WebAssembly: the same traces as natively.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';

import { runSuite } from '../lib/run-suite.mjs';

/** Those of drop-in that aren't here, and tests/fakes, run on both by themselves. */
const SUITES = {
  'drop-in': [
    'buffered',
    'calls',
    'last-words',
    'mock-sockets',
    'recorders',
    'transfers',
    'wrapped-deflate',
    'wrapped-receiver'
  ],
  coalescing: [
    'callbacks',
    'ending',
    'order',
    'slab',
    'sockets',
    'switch',
    'writes'
  ]
};

const require = createRequire(import.meta.resolve('framewright'));
const skip = (() => {
  try {
    return !require('@framewright/wasm');
  } catch {
    return 'it is not built';
  }
})();

for (const [folder, names] of Object.entries(SUITES)) {
  for (const name of names) {
    it(`${folder}: ${name}`, { skip, timeout: 300_000 }, async () => {
      const { failed, output } = await runSuite(`${folder}/${name}.test.mjs`, {
        FRAMEWRIGHT: 'wasm',
        FRAMEWRIGHT_TEST_WS: '8.23'
      });

      assert.deepEqual(failed, []);
      assert.match(output, /^# pass [1-9]/m);
    });
  }
}
