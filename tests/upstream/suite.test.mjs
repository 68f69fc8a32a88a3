// Whatever ws's own tests say of stock ws, they say of accelerated ws, apart from what is listed.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { NEWEST } from '../lib/ws-copies.mjs';
import { EXCEPTIONS, exceptionsOf } from './exceptions.mjs';
import { runSuite } from './suite.mjs';

const require = createRequire(import.meta.resolve('framewright'));
const hasWasm = (() => {
  try {
    return Boolean(require('@framewright/wasm'));
  } catch {
    return false;
  }
})();

// The ws that the tests were written for, and today's.
for (const version of ['8.18', NEWEST]) {
  test(`the tests of ws on ws ${version}`, async (t) => {
    // All at once: they mostly wait.
    const [stock, native, wasm] = await Promise.all(
      ['stock', 'native', ...(hasWasm ? ['wasm'] : [])].map((backend) =>
        runSuite(version, backend)
      )
    );
    const passing = [...stock.tests.keys()].filter(
      (name) => stock.tests.get(name) === null
    );

    // Some fail on stock ws too, where it has changed since.
    assert.ok(passing.length >= 410, `only ${passing.length} pass on stock ws`);

    for (const [backend, results] of Object.entries({ native, wasm })) {
      const skip = backend === 'wasm' && !hasWasm && 'it is not built';

      await t.test(backend, { skip }, () => {
        const { tests, status, copy } = results;
        const meant = exceptionsOf(backend);
        const failing = passing.filter((name) => tests.get(name) !== null);

        assert.deepEqual(
          failing
            .filter((name) => !meant.includes(name))
            .map((name) => [name, tests.get(name)]),
          []
        );
        assert.deepEqual(
          meant.filter((name) => !failing.includes(name)),
          [],
          'an exception that is none any more'
        );

        // It was framewright that they ran on.
        assert.equal(status.backend, backend);
        assert.ok(copy?.accelerated, copy?.reason);
        assert.ok(status.counters.messages > 100);
      });
    }
  });
}

test('docs/ws-tests.md lists each exception with its reason, and no other', () => {
  const page = fs.readFileSync(
    new URL('../../docs/ws-tests.md', import.meta.url),
    'utf8'
  );
  const [, both, natively] = page.split(/^## .*$/m);
  const rows = (section) =>
    [...section.matchAll(/^\| (\S+: .*?) +\| (.*?) +\|$/gm)].map(
      ([, name, reason]) => ({ name, reason })
    );
  const listed = (onWasm) =>
    EXCEPTIONS.filter(
      ({ backends }) => backends.includes('wasm') === onWasm
    ).map(({ name, reason }) => ({ name, reason }));

  assert.deepEqual(rows(both), listed(true));
  assert.deepEqual(rows(natively), listed(false));
  assert.equal(
    new Set(EXCEPTIONS.map(({ name }) => name)).size,
    EXCEPTIONS.length
  );
});
