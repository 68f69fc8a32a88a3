// The suites of semantics and conformance, with servers that are reached by HTTP/2: the same traces as on TCP, and the
// same frames, codes and errors.

import assert from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const SEMANTICS = [
  'closing',
  'compressed',
  'flow',
  'handlers',
  'options',
  'send'
];

// What the runner of this test would have its own children do.
const env = { ...process.env, FRAMEWRIGHT_TEST_HTTP2: '1' };
delete env.NODE_TEST_CONTEXT;

const fileOf = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

for (const name of SEMANTICS) {
  it(`semantics: ${name}`, { timeout: 300_000 }, async () => {
    const args = ['--test', '--test-reporter=tap'];
    const file = fileOf(`semantics/${name}.test.mjs`);
    const output = await new Promise((resolve) => {
      execFile(process.execPath, [...args, file], { env }, (err, stdout) =>
        resolve(stdout)
      );
    });
    const failed = output.split('\n').filter((line) => /^\s*not ok/.test(line));
    assert.deepEqual(failed, []);
    assert.match(output, /^ok \d+ - ws 8\.23/m);
    assert.doesNotMatch(output, /ws 8\.18/);
  });
}

it('conformance', { timeout: 300_000 }, async () => {
  const child = fork(fileOf('conformance/run.mjs'), ['framewright'], { env });
  const [{ count, failures, frames }] = await once(child, 'message');
  assert.deepEqual(failures, []);
  assert.ok(count > 400 && frames > count);
});
