import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import load from '../load-ws.js';
import { Skipped } from './rounds.mjs';

const run = promisify(execFile);

export const SERVER_CORE = 0;
export const LOADGEN_CORE = 1;
export const ALL_CORES = '0,1';

/** Why nothing is pinned to a core here, or undefined. */
export const unpinned =
  process.platform !== 'linux'
    ? 'no taskset on this system'
    : availableParallelism() < 2
      ? 'only one core'
      : undefined;

function pinned(core, file, args) {
  if (unpinned) return [file, args];
  return ['taskset', ['-c', String(core), file, ...args]];
}

/**
 * Runs a program to its end on one core.
 *
 * @param {number} core The core
 * @param {string} file The program
 * @param {string[]} args Its arguments
 * @param {number} [time] How long it is meant to take, in ms
 * @return {Promise<object>} The one line of JSON that it prints
 */
export async function runJson(core, file, args, time = 0) {
  let stdout;
  try {
    ({ stdout } = await run(...pinned(core, file, args), {
      timeout: 10 * 60_000 + time
    }));
  } catch (err) {
    if (err.code === load.SKIPPED) {
      throw new Skipped(JSON.parse(err.stdout).skipped);
    }
    throw new Error(err.stderr?.trim() || err.message, { cause: err });
  }
  return JSON.parse(stdout);
}

/** A program that answers lines with lines, and ends when its input ends. */
export class Companion {
  #child;
  #lines;

  /**
   * @param {number | string} core The core or cores to run on
   * @param {string} file The program
   * @param {string[]} args Its arguments
   */
  constructor(core, file, args) {
    this.#child = spawn(...pinned(core, file, args), {
      stdio: ['pipe', 'pipe', 'inherit']
    });
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[
      Symbol.asyncIterator
    ]();
  }

  get pid() {
    return this.#child.pid;
  }

  /** The next line it prints, as JSON. */
  async read() {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnargs.join(' ')} ended`);
    const answer = JSON.parse(value);
    if (answer.skipped) throw new Skipped(answer.skipped);
    return answer;
  }

  async ask(line) {
    this.#child.stdin.write(`${line}\n`);
    return this.read();
  }

  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode) return;
    this.#child.stdin.end();
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await once(this.#child, 'exit');
    clearTimeout(killer);
  }
}
