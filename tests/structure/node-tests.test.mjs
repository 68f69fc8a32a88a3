// What `npm test` runs, and how.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';

import {
  ALONE,
  LONG,
  isCompanionable,
  isQuick,
  testFiles
} from '../../scripts/lib/node-tests.mjs';
import { ROOT } from './sources.mjs';

const files = testFiles(['tests', 'examples']);

it('lists every test file once', () => {
  assert.ok(files.includes('tests/structure/node-tests.test.mjs'));
  assert.ok(files.includes('tests/koa/upgrade.test.js'));
  assert.ok(files.every((file) => !/node_modules|vendored/.test(file)));
  assert.equal(new Set(files).size, files.length);
});

it('tests with a browser or of memory run alone, and not in test:quick', () => {
  for (const folder of ['browser', 'leaks', 'faults', 'packages']) {
    const inFolder = files.filter((file) =>
      file.startsWith(`tests/${folder}/`)
    );
    assert.ok(inFolder.length > 0, folder);
    assert.ok(!inFolder.some(isCompanionable), folder);
    assert.ok(!inFolder.some(isQuick), folder);
  }
  assert.ok(files.filter(isQuick).length > 50);
});

it('every listed path exists', () => {
  for (const place of [...ALONE, ...LONG]) {
    assert.ok(existsSync(path.join(ROOT, place)), place);
  }
});
