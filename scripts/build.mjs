// `npm run build`: builds what is missing or out of date, and nothing else.
//
//   npm run build                everything
//   npm run build -- --addon     only the addon
//   npm run build -- --quick     the addon is built fast, and runs slower
//   npm run build -- --no-page   everything but the inspector
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { addonFile, hostPlatform, libraryFile } from './lib/platforms.mjs';
import { install } from './lib/install.mjs';
import { output, root, run, say, tryRun } from './lib/run.mjs';

const WASM_TARGET = 'wasm32-unknown-unknown';

const { values: only } = parseArgs({
  options: {
    addon: { type: 'boolean' },
    'no-page': { type: 'boolean' },
    quick: { type: 'boolean' }
  }
});

install();
buildAddon();

if (only.addon) process.exit();

if (hasWasmTarget()) {
  buildWasm();
  if (!only['no-page']) buildInspector();
} else {
  console.warn(
    `- skipped the WebAssembly build and the inspector: \`rustup target add ${WASM_TARGET}\` did not work here`
  );
}

function buildAddon() {
  say('building the Node addon');

  if (output('cargo', ['--version']) === null) {
    console.error('✗ cargo was not found: install Rust from https://rustup.rs');
    process.exit(1);
  }

  const profile = only.quick ? 'quick' : 'release';

  run('cargo', [
    ...['build', '--profile', profile, '--locked', '-p', 'framewright-node']
  ]);

  const platform = hostPlatform();

  if (platform === undefined) {
    console.warn(
      '- there is no addon for this machine: WebAssembly it will be'
    );
    return;
  }

  const folder = join(root, 'npm', 'framewright', 'native');
  const file = join(folder, addonFile(platform));
  const targets = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

  mkdirSync(folder, { recursive: true });
  // In one step, so that a process that has the old file open keeps it.
  copyFileSync(join(targets, profile, libraryFile(platform)), `${file}.new`);
  renameSync(`${file}.new`, file);
}

function buildWasm() {
  say('building the WebAssembly backend');
  run('cargo', [
    'run',
    '--quiet',
    '--locked',
    '-p',
    'xtask',
    '--',
    'wasm',
    'backend'
  ]);
}

function buildInspector() {
  say('building the inspector');
  run('npm', ['run', '--silent', 'build', '-w', '@framewright/inspector']);
}

function hasWasmTarget() {
  const libraries = output('rustc', [
    '--print',
    'target-libdir',
    '--target',
    WASM_TARGET
  ]);

  return (
    (libraries !== null && existsSync(libraries)) ||
    tryRun('rustup', ['target', 'add', WASM_TARGET]) === 0
  );
}
