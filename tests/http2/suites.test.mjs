// The suites of semantics and conformance over HTTP/2: the same traces as on TCP, and the same frames, codes and errors.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { it } from 'node:test';

import { runSuite } from '../lib/run-suite.mjs';

/** What there is no HTTP/2 for, and why. */
const LEFT_OUT = {
  'semantics/direct.test.mjs':
    'its sockets hand bytes over while they are written, as no stream does',
  'semantics/tables.test.mjs': 'it writes to receivers without connections'
};

/** The oldest ws and the newest. */
const VERSIONS = ['8.5', '8.23'];

/** Suites that know by themselves which ws they are for. */
const OF_OTHER_VERSIONS = [
  'semantics/copies.test.mjs',
  'semantics/throwing.test.mjs',
  'conformance/conformance.test.mjs'
];

const variables = {
  FRAMEWRIGHT_TEST_HTTP2: '1',
  FRAMEWRIGHT_TEST_WS: VERSIONS.join(' ')
};

const suites = [
  ...fs
    .readdirSync(new URL('../semantics', import.meta.url))
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => `semantics/${name}`),
  'conformance/conformance.test.mjs'
];

it('leaves out only suites that there are', () => {
  for (const suite of Object.keys(LEFT_OUT)) assert.ok(suites.includes(suite));
});

for (const suite of suites) {
  if (suite in LEFT_OUT) continue;
  it(suite, { timeout: 900_000 }, async () => {
    const { failed, output } = await runSuite(suite, variables);
    assert.deepEqual(failed, []);
    assert.match(output, /^ok \d+/m);
    if (OF_OTHER_VERSIONS.includes(suite)) return;
    // A test may name other versions as well.
    for (const version of VERSIONS) {
      assert.ok(output.includes(` - ws ${version}: `), `not run on ${version}`);
    }
  });
}
