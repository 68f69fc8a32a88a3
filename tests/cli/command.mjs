// Runs the framewright command as a user would.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(
  new URL('../../npm/framewright/bin/framewright.js', import.meta.url)
);

/** Runs to the end; resolves to what it printed, and its exit code. */
export async function run(args, options) {
  const command = new Command(args, options);
  await command.exit();
  return command;
}

/** A running command. */
export class Command {
  stdout = '';
  stderr = '';
  #exited;
  #waiting = [];

  /**
   * @param {string[]} args
   * @param {object} [options]
   * @param {string} [options.bin] The command's file
   * @param {string} [options.cwd]
   * @param {object} [options.env] Added to a clean environment
   * @param {string[]} [options.nodeArgs]
   */
  constructor(args, { bin = BIN, cwd, env, nodeArgs = [] } = {}) {
    const { HOME, PATH, TMPDIR } = process.env;
    this.child = spawn(process.execPath, [...nodeArgs, bin, ...args], {
      cwd,
      env: { HOME, PATH, TMPDIR, ...env },
      stdio: ['ignore', 'pipe', 'pipe']
    });
    for (const name of ['stdout', 'stderr']) {
      this.child[name].setEncoding('utf8').on('data', (text) => {
        this[name] += text;
        this.#check();
      });
    }
    this.#exited = once(this.child, 'close').then(([code]) => {
      this.code = code;
      this.#check();
    });
  }

  /** Resolves to the match once its output matches. */
  async prints(pattern) {
    for (;;) {
      const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (match) return match;
      if (this.code !== undefined) {
        throw new Error(
          `it ended (${this.code}):\n${this.stdout}${this.stderr}`
        );
      }
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
  }

  async exit() {
    await this.#exited;
    return this.code;
  }

  async interrupt() {
    this.child.kill('SIGINT');
    await this.#exited;
  }

  #check() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
