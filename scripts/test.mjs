// `npm test`: builds what is missing, checks the style, runs all tests.
//
//   npm test                    everything
//   npm test -- tests/koa       only the Node tests in that folder
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { root, run, say } from './lib/run.mjs';

const only = process.argv.slice(2);

run(process.execPath, [join(root, 'scripts', 'build.mjs')]);

if (only.length === 0) {
  run(process.execPath, [join(root, 'scripts', 'lint.mjs')]);
  say('testing Rust');
  run('cargo', ['test', '--quiet', '--workspace', '--locked']);
  // What fuzzing found; it has a lock file of its own, but needn't build twice.
  run('cargo', [
    ...['test', '--quiet', '--lib', '--locked', '--manifest-path'],
    ...[
      'fuzz/Cargo.toml',
      '--target-dir',
      process.env.CARGO_TARGET_DIR ?? 'target'
    ]
  ]);
}

say('testing Node');
// One file after the other: they open many sockets, and the machine is small.
run(process.execPath, [
  '--test',
  '--test-concurrency=1',
  '--test-reporter=spec',
  ...(only.length === 0 ? ['tests', 'examples'] : only).flatMap(testFiles)
]);

function testFiles(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];

  return readdirSync(join(root, path), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'vendored')
    .flatMap((entry) => {
      const file = join(path, entry.name);

      if (entry.isDirectory()) return testFiles(file);
      return /\.test\.(js|mjs|cjs)$/.test(entry.name) ? [file] : [];
    });
}
