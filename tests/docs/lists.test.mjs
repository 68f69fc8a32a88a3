// Lists that stand in the documentation and in the sources are the same.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { ROWS } from '../attacks/run.mjs';

import { page } from './support/markdown.mjs';

it('differences from ws that the differential tests allow', () => {
  const source = page('tests/differential/exceptions.mjs');
  const names = [...source.matchAll(/^ {2}'([^']+)'\(/gm)].map(([, n]) => n);
  assert.ok(names.length > 1);
  const text = page('docs/differences.md');
  for (const name of names) assert.ok(text.includes(`\`${name}\``), name);
});

it('attacks, and how they end', () => {
  const [, table] = page('bench/RESULTS.md').split('<!-- attacks:start -->');
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name, outcome]) => [name, outcome])
    .slice(2);
  assert.deepEqual(
    rows,
    ROWS.map(({ name, expected }) => [name, String(expected)])
  );
});
