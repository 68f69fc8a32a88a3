// Projects with framewright installed, rightly or wrongly, each in a folder of its own.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { run } from './command.mjs';

const require = createRequire(import.meta.url);
const FRAMEWRIGHT = fileURLToPath(
  new URL('../../npm/framewright/', import.meta.url)
);

/** A project on the disk. */
export class Project {
  /**
   * @param {TestContext} t The test that it is for
   * @param {object} [options]
   * @param {boolean} [options.addon] Whether the addon is installed
   * @param {boolean} [options.wasm] Whether the WebAssembly build is
   * @param {Object<string, string>} [options.ws] Which alias of ws is where
   * @param {Object<string, string>} [options.files] Its own files
   */
  constructor(
    t,
    {
      addon = true,
      wasm = true,
      ws = { ws: 'ws-8.23' },
      files = { 'app.mjs': "import 'framewright/register';\n" }
    } = {}
  ) {
    const temporary = mkdtempSync(path.join(tmpdir(), 'framewright-'));
    t.after(() => rmSync(temporary, { recursive: true }));
    this.directory = realpathSync(temporary);
    this.write('package.json', '{ "name": "app" }');
    for (const [file, text] of Object.entries(files)) this.write(file, text);

    cpSync(FRAMEWRIGHT, this.modules('framewright'), {
      recursive: true,
      filter: (file) =>
        !/[\\/]node_modules$/.test(file) &&
        (addon || !file.startsWith(path.join(FRAMEWRIGHT, 'native')))
    });
    if (wasm) this.link('@framewright/wasm');
    for (const [place, alias] of Object.entries(ws)) {
      cpSync(realpathSync(packageOf(alias)), this.modules(place), {
        recursive: true
      });
    }
  }

  modules(name) {
    return path.join(this.directory, 'node_modules', name);
  }

  link(name) {
    const target = this.modules(name);
    mkdirSync(path.dirname(target), { recursive: true });
    symlinkSync(packageOf(name), target, 'dir');
  }

  write(file, text) {
    const target = path.join(this.directory, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** Runs the project's own framewright command in it. */
  run(args, options) {
    return run(args, {
      bin: this.modules('framewright/bin/framewright.js'),
      cwd: this.directory,
      ...options
    });
  }
}

/** Where a package is; not all let their package.json be resolved. */
function packageOf(name) {
  return require.resolve
    .paths(name)
    .map((modules) => path.join(modules, name))
    .find((directory) => existsSync(directory));
}
