// Unsafe Rust is where it is fenced in, and nowhere else.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..');

/**
 * The modules that may have unsafe code, and how many blocks, functions and the like it comes to. The first
 * counts memory in tests, the last is a Node-API for tests.
 */
const FENCED = {
  'crates/capture/tests/memory.rs': 5,
  'crates/node/src/raw.rs': 23,
  'crates/node/src/raw/arguments.rs': 9,
  'crates/node/src/raw/fake_node.rs': 15,
  'crates/node/src/raw/socket.rs': 3
};

test('there is no unsafe code outside the fenced modules, and no more in them', () => {
  const counts = {};
  for (const file of rustFiles()) {
    const code = fs.readFileSync(file, 'utf8').replaceAll(/\/\/.*/g, '');
    const count = code.match(/\bunsafe\b/g)?.length ?? 0;
    if (count > 0) counts[path.relative(root, file)] = count;
  }

  assert.deepEqual(Object.keys(counts).sort(), Object.keys(FENCED));
  for (const [file, most] of Object.entries(FENCED)) {
    assert.ok(counts[file] <= most, `${file} has ${counts[file]}`);
  }
});

function rustFiles() {
  return ['crates', 'xtask/src', 'bench/codec', 'bench/loadgen', 'fuzz/src']
    .flatMap((folder) =>
      fs
        .readdirSync(path.join(root, folder), { recursive: true })
        .map((name) => path.join(root, folder, name))
    )
    .filter((file) => file.endsWith('.rs'));
}
