// Publishes what `npm run pack:all -- --complete` has packed, with provenance; for the release workflow.
//
//   node scripts/publish.mjs --dry-run     everything but that
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { output, root, run, say } from './lib/run.mjs';

const options = process.argv.includes('--dry-run')
  ? ['--dry-run']
  : ['--provenance'];
const names = readdirSync(join(root, 'dist', 'staged'));

// framewright last: by then all that it depends on is there.
names.sort((a, b) => (a === 'framewright') - (b === 'framewright'));

for (const folder of names) {
  const { name, version } = JSON.parse(
    readFileSync(join(root, 'dist', 'staged', folder, 'package.json'))
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
