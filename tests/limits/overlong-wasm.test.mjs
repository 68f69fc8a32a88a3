// The same where the codec is WebAssembly, and ws's own zlib streams inflate.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

it('overlong.test.mjs on WebAssembly', { timeout: 300_000 }, async () => {
  const env = { ...process.env, FRAMEWRIGHT: 'wasm' };
  delete env.NODE_TEST_CONTEXT;
  const file = fileURLToPath(new URL('overlong.test.mjs', import.meta.url));
  const args = ['--test', '--test-reporter=tap', file];
  const output = await new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (err, stdout) => resolve(stdout));
  });
  assert.match(output, /^# fail 0$/m, output);
  assert.match(output, /^# pass 13$/m);
});
