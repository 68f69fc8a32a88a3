import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Companion, LOADGEN_CORE, runJson } from './spawn.mjs';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds one of the bench's Rust programs.
 *
 * @param {string} name The crate, and its binary
 * @param {object} progress Told while building
 * @return {Promise<string>} The binary's path
 */
export async function buildRust(name, progress) {
  progress.cell(`building ${name}`);
  progress.step('cargo build --release');
  const args = ['build', '--release', '-p', name, '--message-format', 'json'];
  let stdout;
  try {
    ({ stdout } = await run('cargo', args, { cwd: ROOT, maxBuffer: 1 << 26 }));
  } catch (err) {
    throw new Error(`cargo build -p ${name}: ${err.stderr || err.message}`, {
      cause: err
    });
  }
  const messages = stdout.trim().split('\n').map(JSON.parse);
  const { executable } = messages.findLast(
    (message) => message.executable && message.target.name === name
  );
  return path.normalize(executable);
}

/** The load generator, against one server. */
export class Loadgen {
  #binary;

  constructor(binary) {
    this.#binary = binary;
  }

  /**
   * Runs to the end.
   *
   * @param {string} mode `echo`, `rate` or `broadcast`
   * @param {number} port The server's port
   * @param {object} options Its options, e.g. `{ 'in-flight': 32 }`
   * @return {Promise<object>} What it measured
   */
  run(mode, port, options) {
    return runJson(LOADGEN_CORE, this.#binary, argsOf(mode, port, options));
  }

  /** Starts it with connections that stay open until it is ended. */
  hold(port, connections) {
    const args = argsOf('idle', port, { connections });
    return new Companion(LOADGEN_CORE, this.#binary, args);
  }
}

function argsOf(mode, port, options) {
  const args = ['--port', String(port), mode];
  for (const [name, value] of Object.entries(options)) {
    if (value === true) args.push(`--${name}`);
    else if (value != null && value !== false)
      args.push(`--${name}`, `${value}`);
  }
  return args;
}
