// `npm test`: builds what is missing, checks the style, runs all tests.
//
//   npm test                                      everything
//   npm test -- tests/koa                         only the Node tests in that folder
//   npm test -- tests/koa --name "ping"           only those whose names contain that
//   npm run test:watch -- tests/koa               again whenever a file changes that they use
//   npm run test:quick                            what takes no browser, no packages, and not long
//   npm run test:rust                             the Rust tests, and what fuzzing found
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { isCompanionable, isQuick, testFiles } from './lib/node-tests.mjs';
import { root, run, say, tryRun } from './lib/run.mjs';

const HELP =
  'npm test -- [folder or file …] [--name <part of a name>] [--watch] [--quick] [--rust]';

const { options, paths } = read();

if (options.rust) {
  testRust();
} else if (options.quick) {
  build('--quick', '--no-page');
  say('testing Rust');
  run('cargo', ['test', '--quiet', '--locked', '--workspace', '--lib']);
  testNode(testFiles(['tests']).filter(isQuick));
} else if (paths.length > 0) {
  if (options.name !== undefined || options.watch) build('--quick');
  else build();
  testNode(testFiles(paths));
} else {
  build();
  run(process.execPath, [join(root, 'scripts', 'lint.mjs')]);
  testRust();
  testNode(testFiles(['tests', 'examples']));
}

function read() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        quick: { type: 'boolean' },
        rust: { type: 'boolean' },
        watch: { type: 'boolean' }
      }
    });

    if ((values.name ?? values.watch) !== undefined && !positionals[0]) {
      throw new Error('--name and --watch want a folder or file');
    }
    testFiles(positionals);
    return { options: values, paths: positionals };
  } catch (err) {
    console.error(`✗ ${err.message}\n  ${HELP}`);
    process.exit(2);
  }
}

function build(...args) {
  run(process.execPath, [join(root, 'scripts', 'build.mjs'), ...args]);
}

function testRust() {
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

/** Most run two at a time. Failures are reported after all have run. */
function testNode(files) {
  say('testing Node');

  if (options.watch) {
    run(process.execPath, ['--test', '--watch', ...nodeArgs(1), ...files]);
    return;
  }

  const pairs = files.filter(isCompanionable);
  const others = files.filter((file) => !isCompanionable(file));
  const statuses = [
    [Math.min(2, availableParallelism()), pairs],
    [1, others]
  ]
    .filter(([, files]) => files.length > 0)
    .map(([count, files]) =>
      tryRun(process.execPath, ['--test', ...nodeArgs(count), ...files])
    );

  if (statuses.some((status) => status !== 0)) {
    console.error('✗ some Node tests failed');
    process.exit(1);
  }
}

function nodeArgs(concurrency) {
  return [
    `--test-concurrency=${concurrency}`,
    '--test-reporter=spec',
    ...(options.name === undefined
      ? []
      : [`--test-name-pattern=${escape(options.name)}`])
  ];
}

/** The argument is part of a name, not a pattern. */
function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
