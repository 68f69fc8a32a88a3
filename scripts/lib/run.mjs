// Running the steps of a build or test, with progress a person can follow.
import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..'
);

/** On Windows, these are scripts, which only a shell runs. */
const needsShell = (command) =>
  process.platform === 'win32' && /^np[mx]$/.test(command);

const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;

export function say(message) {
  console.log(isColoured ? `\x1b[1m▸ ${message}\x1b[0m` : `▸ ${message}`);
}

/** Runs a command in the project's root; ends the process if it fails. */
export function run(command, args, options = {}) {
  const status = tryRun(command, args, options);

  if (status !== 0) {
    console.error(`✗ ${command} ${args.join(' ')} failed (${status})`);
    process.exit(1);
  }
}

/** Runs a command in the project's root and returns its exit code. */
export function tryRun(command, args, options = {}) {
  const { error, signal, status } = spawnSync(command, args, {
    cwd: root,
    shell: needsShell(command),
    stdio: 'inherit',
    ...options
  });

  if (error) console.error(`${command}: ${error.message}`);
  return error || signal ? 1 : status;
}

/** What a command prints, or `null` where it can't be run. */
export function output(command, args) {
  const { error, status, stdout } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: needsShell(command)
  });

  return error || status !== 0 ? null : stdout.trim();
}
