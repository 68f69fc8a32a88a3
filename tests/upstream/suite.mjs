// Runs ws's own tests, in a process of their own, on a copy of ws that is stock or accelerated.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));

const TESTS = path.join(here, 'vendored', 'ws-8.18.1', 'test');

/** How long one test may take, in milliseconds. Mocha's own limit is short for a busy machine. */
const TEST_TIMEOUT = 10_000;

/** How long all may take: most of them wait in vain where much is broken. */
const SUITE_TIMEOUT = 15 * 60_000;

/**
 * @param {string} version One of ws-copies' VERSIONS
 * @param {'stock' | 'native' | 'wasm'} backend What ws runs on
 * @param {string} [only] Part of the names of the tests to run
 * @returns {Promise<{ tests: Map<string, string | null>, status: object | null, copy: object | null }>}
 *   What each test failed with, if it did; framewright's `status()` at the end, and what that
 *   says of the copy of ws that was tested
 */
export async function runSuite(version, backend, only) {
  const dir = fs.realpathSync(
    fs.mkdtempSync(path.join(os.tmpdir(), 'upstream-'))
  );

  try {
    // The tests require the ws that they lie in.
    fs.cpSync(path.dirname(require.resolve(`ws-${version}`)), dir, {
      recursive: true
    });
    fs.cpSync(TESTS, path.join(dir, 'test'), { recursive: true });

    const results = path.join(dir, 'results.json');
    const report = path.join(dir, 'status.json');
    const output = await runMocha(dir, backend, results, report, only);

    if (!fs.existsSync(results)) {
      throw new Error(`Mocha did not get to its end: ${output}`);
    }

    const status = fs.existsSync(report)
      ? JSON.parse(fs.readFileSync(report, 'utf8'))
      : null;

    return {
      tests: outcomes(JSON.parse(fs.readFileSync(results, 'utf8'))),
      status,
      copy: status?.copies.find((copy) => copy.path === dir) ?? null
    };
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

async function runMocha(dir, backend, results, report, only) {
  const preloads =
    backend === 'stock'
      ? []
      : [
          ...['-r', require.resolve('framewright/register')],
          ...['-r', path.join(here, 'report.cjs')]
        ];
  const mocha = path.join(
    path.dirname(require.resolve('mocha/package.json')),
    'bin',
    'mocha.js'
  );
  const files = fs
    .readdirSync(path.join(dir, 'test'))
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => path.join('test', name));

  const child = spawn(
    process.execPath,
    [
      // Given to mocha, it would start a process of its own, without the preloads.
      '--throw-deprecation',
      ...preloads,
      ...[mocha, '--no-config', '--no-package'],
      // A failed test may leave a server running.
      ...['--exit', '--timeout', String(TEST_TIMEOUT)],
      ...['--reporter', 'json', '--reporter-option', `output=${results}`],
      ...(only ? ['--fgrep', only] : []),
      ...files
    ],
    {
      cwd: dir,
      env: environment(backend, report),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: SUITE_TIMEOUT
    }
  );

  let output = '';

  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-4000);
    });
  }

  await once(child, 'close');
  return output;
}

function environment(backend, report) {
  const env = { ...process.env };

  // What node's own test runner tells its children would change what they print.
  delete env.NODE_TEST_CONTEXT;
  delete env.NODE_OPTIONS;
  if (backend === 'stock') return env;

  return {
    ...env,
    FRAMEWRIGHT: backend,
    UPSTREAM_FRAMEWRIGHT: require.resolve('framewright'),
    UPSTREAM_REPORT: report
  };
}

/** By name; tests that share a name are numbered. One that ends twice is listed twice. */
function outcomes({ tests, failures }) {
  const failed = new Map(failures.map((test) => [key(test), test.err]));
  const known = new Map();
  const seen = new Map();

  for (const test of tests) {
    const id = key(test);
    const nth = (seen.get(id) ?? 0) + 1;

    seen.set(id, nth);
    if (nth > 1 && failed.has(id)) continue;

    const err = failed.get(id);

    known.set(
      nth > 1 ? `${id} (${nth})` : id,
      err === undefined ? null : err.message || err.stack || 'it failed'
    );
  }

  return known;
}

function key({ file, fullTitle }) {
  return `${path.basename(file, '.test.js')}: ${fullTitle}`;
}
