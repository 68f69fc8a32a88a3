// The Node tests: where they are, and how they can be run.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './run.mjs';

/**
 * Tests that want the machine for themselves: they measure memory or the event loop, fill the sockets, drive a browser,
 * or install what they need.
 */
export const ALONE = [
  'tests/attacks',
  'tests/bench',
  'tests/broadcast',
  'tests/browser',
  'tests/cli/bench.test.mjs',
  'tests/deflate/bombs.test.mjs',
  'tests/deflate/contexts.test.mjs',
  'tests/faults',
  'tests/http2/chromium.test.mjs',
  'tests/tap',
  'tests/page',
  'tests/leaks',
  'tests/packages'
];

/** Tests that `npm run test:quick` leaves out: they take long, or a browser, packages or programs of others. */
export const LONG = [
  ...ALONE,
  'tests/addon',
  'tests/apps',
  'tests/bundles',
  'tests/capture',
  'tests/cli/doctor.test.mjs',
  'tests/conformance',
  'tests/deflate/matrix.test.mjs',
  'tests/deflate/zlib.test.mjs',
  'tests/differential/mutants.test.mjs',
  'tests/drop-in',
  'tests/fakes',
  'tests/http2/suites.test.mjs',
  'tests/structure/imports-nothing.test.mjs',
  'tests/upstream',
  'examples'
];

/**
 * @param {string[]} paths Folders and files
 * @returns {string[]} The test files in them
 */
export function testFiles(paths) {
  return paths.flatMap((path) => {
    if (!statSync(join(root, path)).isDirectory()) return [slashed(path)];

    return readdirSync(join(root, path), { withFileTypes: true })
      .filter(({ name }) => name !== 'node_modules' && name !== 'vendored')
      .flatMap((entry) => {
        const file = join(path, entry.name);

        if (entry.isDirectory()) return testFiles([file]);
        return /\.test\.(js|mjs|cjs)$/.test(entry.name) ? [slashed(file)] : [];
      });
  });
}

/** Whether a file can be run beside another. */
export function isCompanionable(file) {
  return !isIn(file, ALONE);
}

/** Whether a file is run by `npm run test:quick`. */
export function isQuick(file) {
  return !isIn(file, LONG);
}

function isIn(file, places) {
  return places.some((place) => file === place || file.startsWith(`${place}/`));
}

function slashed(path) {
  return path.replaceAll('\\', '/').replace(/^\.\//, '');
}
