// Faked timers, as in the tests of apps: nothing that is sent or received waits for one of them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);
const { LENGTHS, OPTIONS } = require('./fixtures/conversation.cjs');

const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));
const run = promisify(execFile);

/** Only the tests' own variables tell Jest and Vitest that they run in another runner. */
function environment(backend) {
  const env = { ...process.env, CI: '1', FRAMEWRIGHT: backend, NO_COLOR: '1' };
  delete env.NODE_TEST_CONTEXT;
  return env;
}

function binOf(name, bin) {
  return path.join(path.dirname(require.resolve(`${name}/package.json`)), bin);
}

for (const [name, title] of [
  ['', 'natively'],
  ['wasm', 'on WebAssembly']
]) {
  const options = {
    cwd: FIXTURES,
    env: environment(name),
    // What never arrives ends it.
    timeout: 60_000
  };

  for (const version of ['8.5', '8.16', '8.23']) {
    for (const way of Object.keys(OPTIONS)) {
      // zlib's streams themselves go by process.nextTick(), which is Node's here.
      const needsZlib = name === 'wasm' && way.startsWith('compressed');

      test(
        `${title}, ws ${version}, @sinonjs/fake-timers: ${way}`,
        { skip: needsZlib },
        async () => {
          const { stdout } = await run(
            process.execPath,
            ['sinon.cjs', `ws-${version}`, way],
            { ...options, timeout: 20_000 }
          );
          assert.deepEqual(JSON.parse(stdout), LENGTHS);
        }
      );
    }
  }

  test(`${title}, under Jest`, async () => {
    const config = {
      cacheDirectory: path.join(tmpdir(), 'framewright-jest'),
      rootDir: FIXTURES,
      testMatch: ['**/*.jest.cjs'],
      transform: {}
    };
    const { stderr } = await run(
      process.execPath,
      [
        binOf('jest', 'bin/jest.js'),
        ...['--config', JSON.stringify(config), '--watchman=false'],
        ...['--runInBand', '--forceExit']
      ],
      options
    );
    assert.match(stderr, /Tests: +5 passed, 5 total/);
  });

  test(`${title}, under Vitest`, async () => {
    const { stdout } = await run(
      process.execPath,
      [binOf('vitest', 'vitest.mjs'), ...['run', '--root', FIXTURES]],
      options
    );
    assert.match(stdout, /Tests +5 passed/);
  });
}
