// A program of the documentation, as it is printed, in a folder. It listens on any free port of this machine in place of
// its own.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { WebSocket } from 'ws';

import { ROOT } from './markdown.mjs';

const PRELOADED = fileURLToPath(new URL('at-any-port.cjs', import.meta.url));

export class Program {
  #child;
  #port;
  #stdout = '';

  /**
   * @param {TestContext} t The test that it is for
   * @param {string} file Its file
   * @param {object} [options]
   * @param {string[]} [options.args] What Node gets before the file
   * @param {string} [options.node] The Node that runs it
   * @param {object} [options.env] Variables besides
   */
  constructor(t, file, { args = [], env = {}, node = process.execPath } = {}) {
    const { HOME, PATH, TMPDIR } = process.env;
    this.#child = fork(file, {
      cwd: path.dirname(file),
      execArgv: ['-r', PRELOADED, ...args],
      execPath: node,
      env: { HOME, PATH, TMPDIR, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc']
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
    });
    this.#port = this.#said('port');
    // Not every program listens.
    this.#port.catch(() => {});
    t.after(async () => {
      if (this.#child.exitCode === null && this.#child.signalCode === null) {
        this.#child.kill('SIGKILL');
        await once(this.#child, 'exit');
      }
    });
  }

  get port() {
    return this.#port;
  }

  /** What it has printed. */
  get stdout() {
    return this.#stdout;
  }

  kill(signal) {
    this.#child.kill(signal);
  }

  /** Resolves when it has ended, as it should. */
  async ended() {
    const { exitCode } = this.#child;
    const [code] =
      exitCode === null ? await once(this.#child, 'exit') : [exitCode];
    if (code !== 0) throw new Error(`the program ended (${code})`);
  }

  /** @returns A client, whose `next()` resolves to its next message */
  async connect(place = '/', { protocol = 'ws', ...options } = {}) {
    const url = `${protocol}://127.0.0.1:${await this.#port}${place}`;
    const client = new WebSocket(url, options);
    const messages = [];
    const waiting = [];
    client.on('message', (data, isBinary) => {
      messages.push(isBinary ? data : String(data));
      waiting.shift()?.();
    });
    client.next = async () => {
      if (messages.length === 0) {
        await new Promise((resolve) => waiting.push(resolve));
      }
      return messages.shift();
    };
    await once(client, 'open');
    return client;
  }

  status() {
    this.#child.send({});
    return this.#said('status');
  }

  /** Resolves to what it prints and the pattern fits. */
  async prints(pattern) {
    for (;;) {
      const match = pattern.exec(this.#stdout);
      if (match) return match[0];
      if (this.#child.exitCode !== null) {
        throw new Error(`it ended without ${pattern}: ${this.#stdout}`);
      }
      await Promise.race([
        once(this.#child.stdout, 'data'),
        once(this.#child, 'close')
      ]);
    }
  }

  async #said(name) {
    for (;;) {
      const [message] = await this.#until(this.#child, 'message');
      if (name in message) return message[name];
    }
  }

  async #until(emitter, event) {
    const stop = new AbortController();
    const { signal } = stop;
    try {
      return await Promise.race([
        once(emitter, event, { signal }),
        once(this.#child, 'exit', { signal }).then(([code]) => {
          throw new Error(`the program ended (${code})`);
        })
      ]);
    } finally {
      stop.abort();
    }
  }
}

/** The name that a program gives its file in its first line, or one for its number. */
export function fileNameOf(source, i) {
  return (
    /^\/\/ ([\w.-]+\.[cm]?js)$/m.exec(source.split('\n')[0])?.[1] ??
    `program-${i + 1}.mjs`
  );
}

/** Writes a program into a folder of its own, where only the packages are that it names. */
export function alone(t, source, i = 0) {
  const folder = mkdtempSync(path.join(tmpdir(), 'framewright-docs-'));
  const modules = path.join(folder, 'node_modules');
  const file = path.join(folder, fileNameOf(source, i));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(file, source);
  mkdirSync(path.join(modules, '@framewright'), { recursive: true });
  for (const name of new Set([...packagesOf(source), 'framewright'])) {
    const target = path.join(modules, name);
    mkdirSync(path.dirname(target), { recursive: true });
    symlinkSync(placeOf(name), target, 'junction');
  }
  return file;
}

function placeOf(name) {
  const folder = name === 'socket.io' ? ['tests', 'apps'] : [];
  const places = [[], ['tests'], folder].map((at) =>
    path.join(ROOT, ...at, 'node_modules', name)
  );
  return places.find((place) => existsSync(place)) ?? places[0];
}

/** The packages that a program imports. */
export function packagesOf(source) {
  const names = [...source.matchAll(/(?:from|import) '([^']+)'/g)]
    .map(([, name]) => name)
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/')
    );
  return new Set(names);
}
