// No file needs, by way of others, itself: between any two files it can be told which is below.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { circlesOf } from './circles.mjs';
import { javaScriptImports } from './javascript-imports.mjs';
import { rustImports } from './rust-imports.mjs';

it('finds circles', () => {
  const files = {
    a: ['b'],
    b: ['c', 'd'],
    c: ['a'],
    d: ['e'],
    e: ['e'],
    f: ['a']
  };
  const imports = new Map(Object.entries(files));
  assert.deepEqual(circlesOf(imports), [['a', 'b', 'c'], ['e']]);
});

it('npm and bench have none', () => {
  const imports = javaScriptImports();
  assertMany(imports);
  assert.deepEqual(circlesOf(imports), []);
});

/** Which file uses which all the same, and why. */
const EXCEPTIONS = [
  // A view is of a capture, and borrows it.
  ['crates/capture/src/store/frame.rs', 'crates/capture/src/store/capture.rs'],
  ['crates/capture/src/store/message.rs', 'crates/capture/src/store/capture.rs']
];

it('the crates have none', () => {
  const imports = rustImports();
  assertMany(imports);
  for (const [file, used] of EXCEPTIONS) {
    const all = imports.get(file) ?? [];
    assert.ok(all.includes(used), `${file} doesn't use ${used} any more`);
    imports.set(
      file,
      all.filter((other) => other !== used)
    );
  }
  assert.deepEqual(circlesOf(imports), []);
});

/** Or the check would find nothing because it reads nothing. */
function assertMany(imports) {
  assert.ok(imports.size > 100);
  assert.ok([...imports.values()].flat().length > imports.size);
}
