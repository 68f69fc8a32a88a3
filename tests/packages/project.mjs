// A fresh Koa project that framewright was installed into as users install it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { MANAGERS } from './managers.mjs';

export const TOOLS = fileURLToPath(
  new URL('./tools/node_modules/', import.meta.url)
);
const APPS = fileURLToPath(new URL('./apps/', import.meta.url));

/** Messages that a talk takes, sent and echoed. */
const MESSAGES = 40;

/** What every project has, and what it has for TypeScript. */
const PACKAGES = ['framewright', 'koa', 'koa-websocket', 'ws'];
const TYPES = ['@types/koa', '@types/node', '@types/ws'];

export class Project {
  /**
   * @param {TestContext} t The test that it is for
   * @param {string} registry The registry's address
   * @param {string} [manager] The package manager, a key of `MANAGERS`
   */
  constructor(t, registry, manager = 'npm') {
    const temporary = mkdtempSync(path.join(tmpdir(), 'framewright-'));
    t.after(() => rmSync(temporary, { recursive: true, force: true }));
    this.folder = realpathSync(temporary);
    this.manager = MANAGERS[manager];
    this.registry = registry;
    cpSync(APPS, this.folder, { recursive: true });
    this.write('package.json', '{ "name": "app", "private": true }');
  }

  /** Installs framewright, and Koa, without running any package's scripts. */
  async install({ flags = [], packages = PACKAGES, types = false } = {}) {
    const { add, files = () => ({}) } = this.manager;
    const cache = path.join(this.folder, '.cache');
    for (const [name, text] of Object.entries(files(this.registry))) {
      this.write(name, text);
    }
    const [script, ...args] = add(this.registry, cache);
    await this.run(script, [
      ...args,
      ...flags,
      ...packages,
      ...(types ? TYPES : [])
    ]);
  }

  write(name, text) {
    writeFileSync(path.join(this.folder, name), text);
  }

  /** Runs a program, of Node's unless another is named; resolves to its output. */
  async run(script, args = [], { env, node, nodeArgs = [] } = {}) {
    const { HOME, PATH, NODE_EXTRA_CA_CERTS } = process.env;
    const { error, stderr, stdout } = await new Promise((resolve) => {
      execFile(
        node ?? process.execPath,
        [...nodeArgs, ...[script].flat(), ...args],
        {
          cwd: this.folder,
          env: {
            HOME,
            PATH,
            ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS }),
            ...env
          },
          maxBuffer: 1 << 24
        },
        (error, stdout, stderr) => resolve({ error, stderr, stdout })
      );
    });
    if (error) {
      throw new Error(`${script} ${args.join(' ')}\n${stdout}${stderr}`);
    }
    return stdout;
  }

  /**
   * Runs a server and talks to it; checks that it ran as it should.
   *
   * @param {string} app Its file
   * @param {string} backend What should run: native, wasm or stock
   * @param {RegExp} reason Why
   * @param {object} [options] For `run()`, and whether ws is in a bundle
   */
  async talks(app, backend, reason, { isBundled = false, ...options } = {}) {
    const status = await this.statusOf(app, options);
    assert.equal(status.backend, backend, status.reason);
    assert.match(status.reason, reason);
    assert.equal(status.copies.length, 1);
    const [copy] = status.copies;
    assert.equal(copy.accelerated, backend !== 'stock', copy.reason);
    assert.equal(copy.path === null, isBundled);
    if (!isBundled) assert.match(copy.version, /^8\./);
    assert.equal(status.counters.messages, backend === 'stock' ? 0 : MESSAGES);
  }

  /** Runs a server and talks to it; resolves to framewright's status. */
  async statusOf(app, options) {
    const script = [this.manager.preload ?? [], app].flat();
    const output = await this.run(script, [], options);
    return JSON.parse(output.trim().split('\n').at(-1));
  }

  /** Deletes packages, wherever the package manager has put them. */
  remove(...names) {
    let count = 0;
    for (const entry of readdirSync(path.join(this.folder, 'node_modules'), {
      recursive: true
    })) {
      const isOne = (name) =>
        entry === name || entry.endsWith(path.join('node_modules', name));

      if (!names.some(isOne)) continue;

      const folder = path.join(this.folder, 'node_modules', entry);
      if (existsSync(folder)) rmSync(realpathSync(folder), { recursive: true });
      rmSync(folder, { force: true, recursive: true });
      count++;
    }
    assert.ok(count > 0, `${names.join()} isn't there`);
  }
}
