// The workflows run what they say: third parties' actions by commit, and each of the fuzz targets.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = path.join(ROOT, '.github', 'workflows');

it('actions are pinned by commit, with their version', () => {
  let count = 0;
  for (const name of readdirSync(FOLDER)) {
    const text = readFileSync(path.join(FOLDER, name), 'utf8');
    for (const [, action] of text.matchAll(/^.*\buses: *(.*)$/gm)) {
      assert.match(action, /^[\w/-]+@[\da-f]{40} # v\d+(\.\d+)*$/, name);
      count++;
    }
  }
  assert.ok(count > 10);
});

it('each target is fuzzed by night', () => {
  const text = readFileSync(path.join(FOLDER, 'fuzz.yml'), 'utf8');
  const [, list] = /target:\n((?: +- \w+\n)+)/.exec(text);
  const targets = readdirSync(path.join(ROOT, 'fuzz', 'fuzz_targets'));
  assert.deepEqual(
    list.match(/\w+/g),
    targets.map((file) => path.basename(file, '.rs')).sort()
  );
});
