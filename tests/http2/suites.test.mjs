// The suites of semantics and conformance, with servers that are reached by HTTP/2: the same traces as on TCP, and the
// same frames, codes and errors.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { runSuite } from '../lib/run-suite.mjs';

const SEMANTICS = [
  'closing',
  'compressed',
  'flow',
  'handlers',
  'options',
  'send'
];

const variables = { FRAMEWRIGHT_TEST_HTTP2: '1', FRAMEWRIGHT_TEST_WS: '8.23' };

for (const name of SEMANTICS) {
  it(`semantics: ${name}`, { timeout: 300_000 }, async () => {
    const file = `semantics/${name}.test.mjs`;
    const { failed, output } = await runSuite(file, variables);
    assert.deepEqual(failed, []);
    assert.match(output, /^ok \d+ - ws 8\.23/m);
    assert.doesNotMatch(output, /ws 8\.18/);
  });
}

it('conformance', { timeout: 300_000 }, async () => {
  const file = fileURLToPath(
    new URL('../conformance/run.mjs', import.meta.url)
  );
  const env = { ...process.env, ...variables };
  delete env.NODE_TEST_CONTEXT;
  const child = fork(file, ['framewright'], { env });
  const [{ count, failures, frames }] = await once(child, 'message');
  assert.deepEqual(failures, []);
  assert.ok(count > 400 && frames > count);
});
