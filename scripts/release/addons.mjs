// Builds addons for release into dist/addons/.
//
//   node scripts/release/addons.mjs                    all that this machine can build
//   node scripts/release/addons.mjs linux-arm64-musl   only those named
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { addonFile, libraryFile, platforms } from '../lib/platforms.mjs';
import { output, root, run, say } from '../lib/run.mjs';

/** The oldest glibc that addons run on; Node's own builds need it, too. */
const GLIBC = '2.28';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !platforms.some((p) => p.name === name));

if (unknown.length > 0) {
  console.error(`✗ there is no platform ${unknown.join(', ')}`);
  process.exit(2);
}

const wanted = platforms.filter(({ name, os }) =>
  names.length === 0 ? os === process.platform : names.includes(name)
);
const targets = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const folder = join(root, 'dist', 'addons');

mkdirSync(folder, { recursive: true });
for (const platform of wanted) build(platform);

function build(platform) {
  const { libc, name, os, rustTarget } = platform;

  say(`building the addon for ${name}`);
  addTarget(rustTarget);

  const env = { ...process.env, CARGO_PROFILE_RELEASE_STRIP: 'symbols' };
  let command = 'build';
  let target = rustTarget;

  if (os === 'linux') {
    command = 'zigbuild';
    env.PATH = [zig(), env.PATH].join(delimiter);
    if (libc === 'glibc') target += `.${GLIBC}`;
    // Otherwise Rust would link musl into the addon. Node brings it.
    else env.RUSTFLAGS = '-Ctarget-feature=-crt-static';
  } else if (os === 'win32') {
    // Otherwise it would need Microsoft's redistributables.
    env.RUSTFLAGS = '-Ctarget-feature=+crt-static';
  }

  run(
    'cargo',
    [
      command,
      '--release',
      '--locked',
      '-p',
      'framewright-node',
      '--target',
      target
    ],
    { env }
  );
  copyFileSync(
    join(targets, rustTarget, 'release', libraryFile(platform)),
    join(folder, addonFile(platform))
  );
}

function addTarget(target) {
  const libraries = output('rustc', [
    '--print',
    'target-libdir',
    '--target',
    target
  ]);

  if (libraries === null || !existsSync(libraries)) {
    run('rustup', ['target', 'add', target]);
  }
}

/** Where cargo-zigbuild and Zig are: a Python environment of their own. */
function zig() {
  const environment = join(targets, 'zig');
  const bin = join(environment, 'bin');

  if (!existsSync(join(bin, 'cargo-zigbuild'))) {
    say('installing cargo-zigbuild and Zig from PyPI');
    rmSync(environment, { force: true, recursive: true });
    run('python3', ['-m', 'venv', environment]);
    run(join(bin, 'pip'), [
      'install',
      '--quiet',
      '--requirement',
      join(root, 'scripts', 'release', 'requirements.txt')
    ]);
  }

  return bin;
}
