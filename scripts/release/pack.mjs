// `npm run pack:all`: packs every package as it is published, into dist/packages/.
//
//   npm run pack:all                 with all addons that this machine can build
//   npm run pack:all -- --host       with this machine's only, as `npm run build` made it
//   npm run pack:all -- --complete   with what is in dist/addons/, which must be all
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { packages } from '../lib/packages.mjs';
import { addonFile, platforms } from '../lib/platforms.mjs';
import { root, run, say } from '../lib/run.mjs';

const [mode] = process.argv.slice(2);
const addons =
  mode === '--host'
    ? join(root, 'npm', 'framewright', 'native')
    : join(root, 'dist', 'addons');

run(process.execPath, [join(root, 'scripts', 'build.mjs')]);

if (mode === undefined) {
  run(process.execPath, [join(root, 'scripts', 'release', 'addons.mjs')]);
}

const missing = platforms.filter(
  (platform) => !existsSync(join(addons, addonFile(platform)))
);

if (mode === '--complete' && missing.length > 0) {
  console.error(`✗ addons are missing: ${missing.map((p) => p.name).join()}`);
  process.exit(1);
}

const staged = join(root, 'dist', 'staged');
const packed = join(root, 'dist', 'packages');

rmSync(staged, { force: true, recursive: true });
rmSync(packed, { force: true, recursive: true });
mkdirSync(packed, { recursive: true });
say('packing');

for (const { name, write } of packages(addons)) {
  const folder = join(staged, name);

  mkdirSync(folder, { recursive: true });
  write(folder);
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));

  const { name: id } = JSON.parse(readFileSync(join(folder, 'package.json')));
  console.log(`  ${id}`);
  run('npm', [
    'pack',
    folder,
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    packed
  ]);
}
