// The site of docs/.
//
//   npm run docs             serves it, and shows changes as they are saved
//   npm run docs:build       builds it into site/dist/, with the inspector, the types and the crates; checks its links
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync
} from 'node:fs';
import { join } from 'node:path';

import { checkLinks } from './lib/site-links.mjs';
import { root, run, say, tryRun } from './lib/run.mjs';

const site = join(root, 'site');
const out = join(site, 'dist');
const publicFolder = join(site, 'public');
const isBuild = process.argv.includes('--build');

installSite();
putInspector();

if (isBuild) {
  say('building the pages');
  run(process.execPath, [bin('vitepress', 'bin/vitepress.js'), 'build', site]);
  say('building the types');
  run(process.execPath, [
    bin('typedoc', 'bin/typedoc'),
    '--options',
    join(site, 'typedoc.json')
  ]);
  say('building the crates');
  if (
    tryRun('cargo', [
      'doc',
      '--quiet',
      '--no-deps',
      '--locked',
      '-p',
      'framewright-codec',
      '-p',
      'framewright-capture'
    ]) === 0
  ) {
    cpSync(join(root, 'target', 'doc'), join(out, 'rust'), { recursive: true });
  }
  say('checking links');
  const dead = checkLinks(out);
  for (const { from, to } of dead)
    console.error(`✗ ${from}: ${to} leads nowhere`);
  if (dead.length > 0) process.exit(1);
  console.log(`  ${out}`);
} else {
  run(process.execPath, [bin('vitepress', 'bin/vitepress.js'), 'dev', site]);
}

/** Outside the workspace: only those who build the site need it. */
function installSite() {
  const done = join(site, 'node_modules', '.package-lock.json');
  const lock = join(site, 'package-lock.json');

  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs)
    return;
  say('installing what builds the site');
  run('npm', [
    'ci',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefix',
    site
  ]);
}

/** The inspector's page, as it is packed. */
function putInspector() {
  const page = join(root, 'npm', 'inspector', 'dist', 'page');

  if (!existsSync(page))
    run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  rmSync(publicFolder, { force: true, recursive: true });
  mkdirSync(publicFolder);
  cpSync(page, join(publicFolder, 'inspector'), { recursive: true });
  cpSync(
    join(root, 'npm', 'inspector', 'dist', 'page', 'icon.svg'),
    join(publicFolder, 'icon.svg')
  );
}

function bin(name, file) {
  const folder = join(site, 'node_modules', name);

  JSON.parse(readFileSync(join(folder, 'package.json')));
  return join(folder, file);
}
