// Memory that isn't an ordinary view's, and environments that end in the middle of work. In processes of
// their own: a mistake here ends the process.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { ADDON } from './addon.mjs';

for (const name of ['views', 'ended-workers']) {
  test(name.replace('-', ' '), () => {
    const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
    const { signal, status, stderr, stdout } = spawnSync(
      process.execPath,
      ['--expose-gc', script, ADDON],
      { encoding: 'utf8' }
    );
    assert.deepEqual({ signal, status }, { signal: null, status: 0 }, stderr);
    assert.equal(stdout, 'done\n');
  });
}
