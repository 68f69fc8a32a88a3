// `npm run test:packages`: packs all packages and tests them as they are installed: by each package manager, as each
// kind of module, in bundles, on other runtimes. It takes some minutes and needs the registry of npm.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { root, run } from './lib/run.mjs';

const tests = join('tests', 'packages');
const full = join(tests, 'full');

run('npm', [
  'install',
  '--no-save',
  '--ignore-scripts',
  '--prefix',
  join(tests, 'tools')
]);
run(process.execPath, [join(root, 'scripts', 'release', 'pack.mjs')]);
run(process.execPath, [
  '--test',
  '--test-concurrency=1',
  '--test-reporter=spec',
  ...readdirSync(join(root, full)).map((name) => join(full, name))
]);
