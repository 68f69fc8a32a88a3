// `npm run fuzz`: runs the fuzz targets, one after the other.
//
//   npm run fuzz                                     all of them, half an hour each
//   npm run fuzz -- --seconds 60 decode              some of them, as long as you like
//   npm run fuzz -- capture_import capture_import/har    every importer, or one
//
// Needs `cargo install cargo-fuzz` and a nightly toolchain.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

import { output, root, run, say } from './lib/run.mjs';
import { writeSeeds } from '../fuzz/seeds.mjs';

const folder = join(root, 'fuzz');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '1800' } }
});
const all = readdirSync(join(folder, 'fuzz_targets'))
  .map((file) => basename(file, '.rs'))
  .sort();
const wanted = positionals.length === 0 ? all : positionals;

for (const name of wanted) {
  const [target] = name.split('/');

  if (!all.includes(target) || !existsSync(join(folder, 'seeds', name))) {
    console.error(`✗ there is no target ${name}, but ${all.join(', ')}`);
    process.exit(1);
  }
}
if (!(values.seconds > 0)) {
  console.error('✗ --seconds wants a number above 0');
  process.exit(1);
}
if (output('cargo', ['+nightly', 'fuzz', '--version']) === null) {
  console.error(
    '✗ fuzzing needs `cargo install cargo-fuzz` and `rustup toolchain install nightly`'
  );
  process.exit(1);
}

for (const name of wanted.flatMap(partsOf)) {
  say(`fuzzing ${name}`);
  const [target] = name.split('/');
  const corpus = join(folder, 'corpus', name);
  const vectors = join(folder, 'corpus', `${target}-vectors`);
  const seeds = join(folder, 'seeds', name);
  const dictionary = join(folder, `${target}.dict`);

  for (const path of [corpus, seeds]) mkdirSync(path, { recursive: true });
  rmSync(vectors, { force: true, recursive: true });
  writeSeeds(target, vectors);
  run(
    'cargo',
    [
      ...['+nightly', 'fuzz', 'run', target, corpus, vectors, seeds, '--'],
      `-max_total_time=${values.seconds}`,
      ...['-timeout=10', '-rss_limit_mb=2048', '-print_final_stats=1'],
      ...(existsSync(dictionary) ? [`-dict=${dictionary}`] : [])
    ],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] }
  );
}

/** A target whose seeds are in folders runs once for each folder, so that each gets its time. */
function partsOf(name) {
  const parts = readdirSync(join(folder, 'seeds', name), {
    withFileTypes: true
  }).filter((entry) => entry.isDirectory());

  return parts.length === 0
    ? [name]
    : parts.map((part) => `${name}/${part.name}`);
}
