import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const REPORT = fileURLToPath(new URL('report.cjs', import.meta.url));

/** The ways to run an app. It must behave the same in all of them. */
export const MODES = [
  { name: 'stock', nodeArgs: [], isAccelerated: false },
  {
    name: '-r framewright/register',
    nodeArgs: ['-r', 'framewright/register'],
    isAccelerated: true
  },
  {
    name: '--import framewright/register',
    nodeArgs: ['--import', 'framewright/register'],
    isAccelerated: true
  }
];

/** Would make the app a part of the test runner, or change what it runs on. */
const INHERITED_BY_MISTAKE = [
  'NODE_TEST_CONTEXT',
  'NODE_OPTIONS',
  'FRAMEWRIGHT'
];

/** Runs a server in a process of its own. */
export class AppProcess {
  #child;
  #stderr = '';
  #stdout = '';
  #said = [];

  /**
   * @param {string} file of `fixtures/`, or an absolute path
   * @param {object} [options]
   * @param {object} [options.mode] one of `MODES`
   * @param {object} [options.env] added to this process's
   * @param {string[]} [options.args]
   */
  constructor(file, { mode = MODES[0], env = {}, args = [] } = {}) {
    this.mode = mode;
    const path = file.startsWith('/') ? file : `${HERE}fixtures/${file}`;
    const inherited = { ...process.env };
    for (const name of INHERITED_BY_MISTAKE) delete inherited[name];
    this.#child = fork(path, args, {
      cwd: HERE,
      execArgv: [...mode.nodeArgs, '-r', REPORT],
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced'
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    this.#child.on('message', (message) => this.#said.push(message));
  }

  /**
   * Waits for the app to say something by `process.send()`, and takes it away.
   *
   * @param {string} name the property that the message must have
   * @returns {Promise<any>} that property
   */
  async said(name) {
    for (;;) {
      const index = this.#said.findIndex((message) => name in message);
      if (index !== -1) return this.#said.splice(index, 1)[0][name];
      await this.#until(this.#child, 'message');
    }
  }

  /** Waits for the first thing that the app prints. */
  async printed() {
    const [text] = await this.#until(this.#child.stdout, 'data');
    return text;
  }

  /** Waits until what the app has printed matches, and returns the match. */
  async prints(pattern) {
    for (;;) {
      const match = pattern.exec(this.#stdout);
      if (match) return match;
      await this.#until(this.#child.stdout, 'data');
    }
  }

  send(message) {
    this.#child.send(message);
  }

  /** What framewright says in that process. */
  status() {
    this.send('status');
    return this.said('status');
  }

  signal(name) {
    this.#child.kill(name);
  }

  async stop(signal = 'SIGKILL') {
    if (this.#hasEnded) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }

  get #hasEnded() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Waits for an event, but not longer than the app lives. */
  async #until(emitter, event) {
    if (this.#hasEnded) throw new Error(`The app has ended: ${this.#stderr}`);
    const controller = new AbortController();
    const { signal } = controller;
    const died = once(this.#child, 'exit', { signal }).then(([code, name]) => {
      throw new Error(`The app ended (${code ?? name}): ${this.#stderr}`);
    });
    try {
      return await Promise.race([once(emitter, event, { signal }), died]);
    } finally {
      died.catch(() => {});
      controller.abort();
    }
  }
}

/**
 * Runs `test` against an app, and stops the app however that ends.
 *
 * @param {string} file
 * @param {object} options as for `AppProcess`
 * @param {(app: AppProcess, port: number) => Promise<void>} test
 */
export async function withApp(file, options, test) {
  const app = new AppProcess(file, options);
  try {
    await test(app, await app.said('port'));
  } finally {
    await app.stop();
  }
}

/**
 * Asserts that the app's ws ran on the codec. That the app works proves
 * nothing: stock ws works too. What the codec has counted does.
 *
 * @param {AppProcess} app
 * @param {object} least what the counters must have reached
 */
export async function assertAccelerated(app, least) {
  const status = await app.status();
  const seen = JSON.stringify(status, null, 2);

  assert.equal(status.backend, 'native', seen);
  assert.notEqual(status.copies.length, 0, seen);
  for (const { version, accelerated, reason } of status.copies) {
    // ws 7 is not ours to touch.
    assert.equal(accelerated, version.startsWith('8.'), seen);
    assert.notEqual(reason, '', seen);
  }
  for (const [name, count] of Object.entries(least)) {
    assert.ok(status.counters[name] >= count, `${name} < ${count}: ${seen}`);
  }
}
