// Folders are small enough to be taken in at a glance, or the reason why not is stated here.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { it } from 'node:test';

import { ROOT } from './sources.mjs';

const MAX_FILES = 12;

/** Folders that may have more files, and why. */
const EXCEPTIONS = {
  '.': 'tools look for their configuration here, and readers for the pages about the project',
  'fuzz/seeds/inflate': 'a seed a file, named after what it shows',
  'fuzz/seeds/query': 'a seed a file, named after what it shows',
  'fuzz/seeds/walk': 'a seed a file, named after what it shows',
  'bench/parts': 'a file a part',
  'docs/api': 'a page an entry point',
  'tests/packages/frameworks/apps': 'an app a framework',
  'tests/upstream/vendored/ws-8.18.1/test': "ws's own tests, as ws has them"
};

/** How many files each folder has, without those in folders within it. */
function countFiles(files) {
  const counts = new Map();

  for (const file of files) {
    const folder = path.posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }

  return counts;
}

const counts = countFiles(
  execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean)
);

it('counts the files of each folder', () => {
  const files = ['a', 'b/c', 'b/d', 'b/e/f'];
  assert.deepEqual(Object.fromEntries(countFiles(files)), {
    '.': 1,
    b: 2,
    'b/e': 1
  });
});

it(`no folder has more than ${MAX_FILES} files without a reason`, () => {
  const large = [...counts]
    .filter(([, count]) => count > MAX_FILES)
    .map(([folder]) => folder);
  assert.ok(counts.size > 100);
  // In both directions, so that no reason outlives its folder.
  assert.deepEqual(large.sort(), Object.keys(EXCEPTIONS).sort());
});
