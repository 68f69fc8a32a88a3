// Publishes what `npm run pack:all -- --complete` has packed, with provenance; for the release workflow.
//
//   node scripts/release/publish.mjs --dry-run     everything but that
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { changelogProblem } from '../lib/changelog.mjs';
import { output, root, run, say } from '../lib/run.mjs';

const isDry = process.argv.includes('--dry-run');
const options = isDry ? ['--dry-run'] : ['--provenance'];
const names = readdirSync(join(root, 'dist', 'staged'));

const read = (...file) => readFileSync(join(root, ...file), 'utf8');
const problem = changelogProblem(
  read('CHANGELOG.md'),
  JSON.parse(read('npm', 'framewright', 'package.json')).version,
  { isReleased: true }
);

if (problem !== '') {
  say(`CHANGELOG.md: ${problem}`);
  if (!isDry) process.exit(1);
}

// framewright comes last: its dependencies must be published before it.
names.sort((a, b) => (a === 'framewright') - (b === 'framewright'));

for (const folder of names) {
  const { name, version } = JSON.parse(
    read('dist', 'staged', folder, 'package.json')
  );

  // A run that failed half-way can be run again.
  if (output('npm', ['view', `${name}@${version}`, 'version']) === version) {
    say(`${name}@${version} is published already`);
    continue;
  }

  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;

  run('npm', [
    'publish',
    join('dist', 'packages', file),
    '--access=public',
    ...options
  ]);
}
