// FRAMEWRIGHT_COALESCE=off: each message leaves by itself and at once, as from stock ws.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { TESTED } from './kit.mjs';

const SWITCH = fileURLToPath(new URL('fixtures/switch.mjs', import.meta.url));

for (const version of TESTED) {
  for (const [setting, inside, outside] of [
    ['off', 6, 4],
    ['', 3, 3]
  ]) {
    test(`ws ${version}: FRAMEWRIGHT_COALESCE=${setting}`, () => {
      const output = execFileSync(
        process.execPath,
        ['--expose-gc', SWITCH, version],
        { env: { ...process.env, FRAMEWRIGHT_COALESCE: setting } }
      );
      assert.deepEqual(JSON.parse(output), { inside, outside, isKept: false });
    });
  }
}
