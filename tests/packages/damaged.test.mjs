// An addon's file that isn't whole, or isn't one: the program runs on WebAssembly, and knows why.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { packages } from '../../scripts/lib/packages.mjs';
import { addonFile, hostPlatform } from '../../scripts/lib/platforms.mjs';
import { Project } from '../cli/project.mjs';
import { ROOT } from './registry.mjs';

const platform = hostPlatform();
const NATIVE = path.join(ROOT, 'npm', 'framewright', 'native');
const ADDON = platform && path.join(NATIVE, addonFile(platform));
const PACKAGE = `@framewright/${platform?.name}`;
const WASM = path.join(ROOT, 'npm', 'wasm', 'wasm', 'backend.js');
const MISSING = [ADDON ?? 'an addon', WASM].find((file) => !existsSync(file));
const OPTIONS = { skip: MISSING && `there is no ${MISSING}`, timeout: 120_000 };
const LINUX = {
  ...OPTIONS,
  skip: OPTIONS.skip ?? (process.platform !== 'linux' && 'not on Linux')
};

const length = MISSING ? 0 : readFileSync(ADDON).length;
const CUTS = [0, 1, 63, 64, 4096, 100_000, length >> 1, length - 1];

/** Where in an ELF file the machine stands that it is for, and one that Node has no build for. */
const ELF_MACHINE = 18;
const M32R = 88;

test('an addon package cut short', OPTIONS, async (t) => {
  const { file, status } = installed(t);
  for (const cut of CUTS) {
    writeFileSync(file, readFileSync(ADDON));
    truncateSync(file, cut);
    assert.deepEqual(status(), [
      'wasm',
      `the addon did not load (${file} is damaged: ${cut} of ${length} bytes; reinstall ${PACKAGE})`
    ]);
  }
});

test('an addon that was only built, cut short', LINUX, (t) => {
  const { file, status } = built(t);
  for (const cut of CUTS) {
    writeFileSync(file, readFileSync(ADDON));
    truncateSync(file, cut);
    const [backend, reason] = status();
    assert.equal(backend, 'wasm');
    assert.match(
      reason,
      cut < 64
        ? /^the addon did not load \(.*file too short\)$/
        : new RegExp(`is damaged: ${cut} of ${length} bytes; build it again`)
    );
  }
});

test(
  'an addon package whose file is whole, but not as it was packed',
  OPTIONS,
  (t) => {
    const { file, manifest, status } = installed(t);
    const loaded = ['native', `the addon for ${platform.name} loaded`];

    assert.deepEqual(status(), loaded);
    // Signed.
    writeFileSync(file, Buffer.alloc(5000), { flag: 'a' });
    assert.deepEqual(status(), loaded);
    writeFileSync(file, readFileSync(ADDON));
    // From before there was a length.
    const { addonLength, ...rest } = JSON.parse(readFileSync(manifest));
    assert.equal(addonLength, length);
    writeFileSync(manifest, JSON.stringify(rest));
    assert.deepEqual(status(), loaded);
    // Stripped: shorter than it was.
    if (process.platform !== 'linux') return;
    const packed = { ...rest, addonLength: length + 100_000 };
    writeFileSync(manifest, JSON.stringify(packed));
    assert.deepEqual(status(), loaded);
  }
);

test('an addon package without its file', OPTIONS, (t) => {
  const { file, status } = installed(t);
  const noFile = (reason) =>
    assert.match(reason, /^the addon did not load \(Cannot find module .*\)$/);

  rmSync(file);
  const [backend, reason] = status();
  assert.equal(backend, 'wasm');
  noFile(reason);
  mkdirSync(file);
  assert.equal(status()[0], 'wasm');
  noFile(status()[1]);
});

test("another machine's file, or none that loads", LINUX, (t) => {
  const { file, status } = installed(t);
  const bytes = readFileSync(ADDON);

  bytes.writeUInt16LE(M32R, ELF_MACHINE);
  for (const content of [bytes, Buffer.alloc(length, 'no addon ')]) {
    writeFileSync(file, content);
    const [backend, reason] = status();
    assert.equal(backend, 'wasm');
    assert.match(reason, /^the addon did not load \(.+\)$/);
    assert.ok(reason.includes(file), reason);
  }
});

test('the doctor knows what to do', OPTIONS, async (t) => {
  const { file, project } = installed(t);
  truncateSync(file, 100_000);
  const { code, stdout } = await project.run(['doctor']);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /! The codec is WebAssembly: the addon did not load/);
  assert.match(stdout, /→ The installation was cut short\./);
});

/** A project that the addon's package was installed into, as it is packed. */
function installed(t) {
  const project = new Project(t, { addon: false });
  const folder = project.modules(PACKAGE);
  const { name } = platform;
  mkdirSync(folder, { recursive: true });
  packages(NATIVE)
    .find((it) => it.name === name)
    .write(folder);
  return {
    project,
    file: path.join(folder, addonFile(platform)),
    manifest: path.join(folder, 'package.json'),
    status: () => statusIn(project)
  };
}

/** A project with framewright as it is in the repository. */
function built(t) {
  const project = new Project(t);
  return {
    file: project.modules(`framewright/native/${addonFile(platform)}`),
    status: () => statusIn(project)
  };
}

/** The backend that a program ran on to its end, and why. */
function statusIn(project) {
  const talk = JSON.stringify(
    path.join(import.meta.dirname, 'apps', 'talk.cjs')
  );
  const program = `
    const WebSocket = require('ws');
    const server = new WebSocket.Server({ host: '127.0.0.1', port: 0 });
    server.on('connection', (ws) =>
      ws.on('message', (data) => ws.send('you said ' + data)));
    require(${talk})(server, WebSocket, require('framewright').status);`;
  const env = { ...process.env };
  delete env.FRAMEWRIGHT;
  const { signal, status, stderr, stdout } = spawnSync(
    process.execPath,
    ['-r', 'framewright/register', '-e', program],
    { cwd: project.directory, encoding: 'utf8', env }
  );
  assert.deepEqual({ signal, status }, { signal: null, status: 0 }, stderr);
  const { backend, reason } = JSON.parse(stdout);
  return [backend, reason];
}
