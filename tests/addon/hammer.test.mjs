// The addon's raw entry points take any arguments. CONTRIBUTING.md says how to do it under AddressSanitizer.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { ADDON } from './addon.mjs';

const hammer = fileURLToPath(new URL('hammer.mjs', import.meta.url));

test('right and wrong arguments, 5000 calls', async () => {
  const args = [hammer, ADDON, '5000'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { events, errors, thrown } = JSON.parse(stdout);
  assert.ok(events > 100 && errors > 100 && thrown > 100);
});
