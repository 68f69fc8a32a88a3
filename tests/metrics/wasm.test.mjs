// The same where the codec is WebAssembly.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

for (const name of ['metrics', 'ways']) {
  it(`${name}.test.mjs on WebAssembly`, { timeout: 300_000 }, async () => {
    const env = { ...process.env, FRAMEWRIGHT: 'wasm' };
    delete env.NODE_TEST_CONTEXT;
    const file = fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url));
    const args = ['--test', '--test-reporter=tap', file];
    const output = await new Promise((resolve) => {
      execFile(process.execPath, args, { env }, (err, stdout) => {
        resolve(stdout);
      });
    });
    assert.match(output, /^# fail 0$/m, output);
    assert.match(output, /^# pass [1-9]\d+$/m);
  });
}
