// The tables of docs/compatibility.md are those that the scripts write.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { tables } from '../../scripts/compatibility.mjs';
import { tableIn, tableOf } from '../../scripts/lib/tables.mjs';
import { bundlers } from '../bundles/bundlers.mjs';
import { FRAMEWORKS } from '../packages/frameworks/list.mjs';

const PAGE = 'docs/compatibility.md';

for (const [name, rows] of Object.entries(tables())) {
  it(`${name}, from what CI runs (node scripts/compatibility.mjs)`, () => {
    assert.equal(tableIn(PAGE, name), tableOf(rows));
  });
}

it('frameworks: all that the full run tries, and at least twenty', () => {
  const names = Object.values(FRAMEWORKS).map(({ name }) => name);
  assert.ok(names.length >= 20);
  assert.deepEqual(
    firstCells('frameworks'),
    names.map((n) => `\`${n}\``).sort()
  );
});

it('bundlers: the six', () => {
  assert.equal(bundlers.length, 6);
  assert.deepEqual(firstCells('bundlers'), bundlers);
});

/** The names in a table whose versions say that they were tried. */
function firstCells(name) {
  return tableIn(PAGE, name)
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, first, version]) => {
      assert.match(version, /^\d+\.\d+/, first);
      return first;
    });
}
