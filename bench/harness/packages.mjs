import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BENCH = fileURLToPath(new URL('..', import.meta.url));

/**
 * The node binary of a version, fetched from npm on first use.
 *
 * @param {string} version e.g. `24` or `24.21.0`
 * @param {object} progress Told while fetching
 * @return {Promise<string>} Its path
 */
export async function nodeBinary(version, progress) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = path.join(BENCH, '.nodes', version);
  const binary = path.join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(binary)) {
    progress.note(`fetching Node ${version} (npm package ${name})`);
    await mkdir(folder, { recursive: true });
    await npm(folder, ['install', '--no-save', `${name}@${version}`]);
  }
  return binary;
}

/** Installs the peers that live apart from the workspace, where missing. */
export async function installPeers(progress) {
  const folder = path.join(BENCH, 'peers');
  if (existsSync(path.join(folder, 'node_modules', 'ws'))) return;
  progress.note('installing the peers (bufferutil, utf-8-validate)');
  await npm(folder, ['ci']);
}

async function npm(folder, args) {
  // Or npm would walk up to the workspace and change that.
  const common = ['--prefix', folder, '--no-audit', '--no-fund'];
  try {
    await run('npm', [...args, ...common], { cwd: folder });
  } catch (err) {
    throw new Error(`npm ${args.join(' ')}: ${err.stderr || err.message}`, {
      cause: err
    });
  }
}
