// Installs the frameworks, and framewright as it is packed beside them; runs an app of each.

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { packed } from '../registry.mjs';

const run = promisify(execFile);
const HERE = import.meta.dirname;
const QUIET = [
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--loglevel=error'
];

/** @param {string} registry The address of the one that has our packages */
export async function install(registry) {
  const { version } = packed().get('framewright').manifest;
  // The lock file doesn't know ours: they are packed again each time.
  // Not in the way of the registry, which may be this process's.
  await run(
    'npm',
    [
      ...['install', '--no-save', ...QUIET],
      ...[`--registry=${registry}`, `framewright@${version}`]
    ],
    { cwd: HERE }
  );
}

/** Resolves to what an app's framework answered, and what framewright did. */
export async function talk(app, node = process.execPath) {
  const { HOME, PATH, TMPDIR } = process.env;
  const file = path.join('apps', `${app}.mjs`);
  const { stdout } = await run(
    node,
    ['--import', 'framewright/register', file],
    { cwd: HERE, env: { HOME, PATH, TMPDIR }, timeout: 180_000 }
  );
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** What an app leaves where it was. */
export function clean() {
  for (const name of readdirSync(HERE)) {
    if (name.startsWith('next-'))
      rmSync(path.join(HERE, name), { recursive: true });
  }
}

/** The version of a package that is installed. */
export function versionOf(name) {
  const file = path.join(HERE, 'node_modules', name, 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
