// `framewright doctor` in each set-up that is known to go wrong: what it prints, word for word.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';

import { run } from './command.mjs';
import { Project } from './project.mjs';

const require = createRequire(import.meta.url);
const { status } = require('framewright');

const LIMIT = { timeout: 60_000 };
const TARGET = /^the addon for (\S+) loaded$/.exec(status().reason)?.[1];

/** The same machine with the other C library; elsewhere there is only one. */
const [LIBC, OTHER_LIBC, OTHER_TARGET] = TARGET?.endsWith('-musl')
  ? ['musl', 'glibc', TARGET.replace('-musl', '-gnu')]
  : ['glibc', 'musl', TARGET?.replace('-gnu', '-musl')];
const LINUX = { ...LIMIT, skip: process.platform !== 'linux' };

if (!TARGET) console.log(`No addon here: ${status().reason}`);

/** Checks what the doctor says, but for versions of Node and of the system. */
async function says(project, expected, options) {
  const { code, stderr, stdout } = await project.run(['doctor'], options);
  assert.equal(stderr, '');
  const [first, , ...lines] = stdout.split('\n');
  assert.match(
    first,
    /^framewright \d+\.\d+\.\d+ · (?:Node|Bun|Electron) [\d.]+ · \S+ \S+/
  );
  const text = lines.join('\n').replaceAll(TARGET, 'TARGET');
  assert.equal(`exit ${code}\n${text}`, expected);
}

/** A script that runs before the command. */
function preload(t, source) {
  const directory = mkdtempSync(path.join(tmpdir(), 'framewright-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'preload.cjs');
  writeFileSync(file, source);
  return { nodeArgs: ['-r', file] };
}

/** The addon fails to load with a message of the system's. */
function failingAddon(t, message) {
  return preload(
    t,
    `process.dlopen = () => {
      throw Object.assign(new Error(${JSON.stringify(message)}), {
        code: 'ERR_DLOPEN_FAILED'
      });
    };`
  );
}

it('a healthy project', LIMIT, async (t) => {
  await says(
    new Project(t),
    `exit 0
✓ The codec is native: the addon for TARGET loaded
✓ Sockets are read and written past Node's streams
✓ ws 8.23.0 in node_modules/ws runs on the codec

All is well.
`
  );
});

it('switched off', LIMIT, async (t) => {
  await says(
    new Project(t),
    `exit 1
✗ There is no codec, so ws stays as it is: switched off by FRAMEWRIGHT=off
  → Unset FRAMEWRIGHT where the app is started.

ws is slower here than it could be: see ✗.
`,
    { env: { FRAMEWRIGHT: 'off' } }
  );
});

it('WebAssembly by choice', LIMIT, async (t) => {
  await says(
    new Project(t),
    `exit 0
! The codec is WebAssembly: chosen by FRAMEWRIGHT=wasm
✓ Sockets are read past Node's streams: only the addon can send directly, and
  not on Windows
✓ ws 8.23.0 in node_modules/ws runs on the codec

It works; see !.
`,
    { env: { FRAMEWRIGHT: 'wasm' } }
  );
});

it(
  'variables with unknown values, or with less effect than meant',
  LIMIT,
  async (t) => {
    await says(
      new Project(t),
      `exit 0
✓ The codec is native: the addon for TARGET loaded
✓ Sockets are read and written past Node's streams
! FRAMEWRIGHT=fast is unknown, and ignored
  → Set it to one of native, off, wasm.
! FRAMEWRIGHT_IO=poll is unknown, and ignored
  → Set it to one of direct, streams.
! FRAMEWRIGHT_COALESCE=off: each frame is written on its own
  → Unset it: writing frames together is most of the gain.
✓ ws 8.23.0 in node_modules/ws runs on the codec

It works; see !.
`,
      {
        env: {
          FRAMEWRIGHT: 'fast',
          FRAMEWRIGHT_COALESCE: 'off',
          FRAMEWRIGHT_IO: 'poll'
        }
      }
    );
  }
);

it('sockets read as ws reads them', LIMIT, async (t) => {
  await says(
    new Project(t),
    `exit 0
✓ The codec is native: the addon for TARGET loaded
! Sockets are used through Node's streams: chosen by FRAMEWRIGHT_IO=streams
✓ ws 8.23.0 in node_modules/ws runs on the codec

It works; see !.
`,
    { env: { FRAMEWRIGHT_IO: 'streams' } }
  );
});

it('addons not allowed', LIMIT, async (t) => {
  await says(
    new Project(t),
    `exit 0
! The codec is WebAssembly: the addon did not load (Cannot load native addon
  because loading addons is disabled.)
  → Node was started with --no-addons, or with --permission: add
    --allow-addons to the latter.
✓ Sockets are read past Node's streams: only the addon can send directly, and
  not on Windows
✓ ws 8.23.0 in node_modules/ws runs on the codec

It works; see !.
`,
    { nodeArgs: ['--no-addons'] }
  );
});

it('without the addon', LIMIT, async (t) => {
  await says(
    new Project(t, { addon: false }),
    `exit 0
! The codec is WebAssembly: the package @framewright/TARGET is not
  installed
  → npm leaves optional dependencies out with --omit=optional, and at times by
    a bug (https://github.com/npm/cli/issues/4828). Delete node_modules and
    package-lock.json, and run npm install.
✓ Sockets are read past Node's streams: only the addon can send directly, and
  not on Windows
✓ ws 8.23.0 in node_modules/ws runs on the codec

It works; see !.
`
  );
});

it('with neither addon nor WebAssembly', LIMIT, async (t) => {
  await says(
    new Project(t, { addon: false, wasm: false }),
    `exit 1
✗ There is no codec, so ws stays as it is: the package
  @framewright/TARGET is not installed; the package @framewright/wasm
  is not installed
  → npm leaves optional dependencies out with --omit=optional, and at times by
    a bug (https://github.com/npm/cli/issues/4828). Delete node_modules and
    package-lock.json, and run npm install.

ws is slower here than it could be: see ✗.
`
  );
});

it('a platform without an addon', LIMIT, async (t) => {
  await says(
    new Project(t),
    `exit 0
! The codec is WebAssembly: there is no addon for sunos x64
  → Nothing to do: WebAssembly takes the place of the addon. If you miss it,
    tell us: https://github.com/framewright/framewright/issues
✓ Sockets are read past Node's streams: only the addon can send directly, and
  not on Windows
✓ ws 8.23.0 in node_modules/ws runs on the codec

It works; see !.
`,
    preload(
      t,
      `Object.defineProperties(process, {
        arch: { value: 'x64' },
        platform: { value: 'sunos' }
      });`
    )
  );
});

it('a C library that is too old', LIMIT, async (t) => {
  await says(
    new Project(t, { wasm: false }),
    `exit 1
✗ There is no codec, so ws stays as it is: the addon did not load
  (/lib/libc.so.6: version \`GLIBC_2.28' not found); the package
  @framewright/wasm is not installed
  → The addon needs glibc 2.28 or later. Run on a newer system or base image
    (Debian 10, Ubuntu 20.04, RHEL 8 or later).

ws is slower here than it could be: see ✗.
`,
    failingAddon(t, "/lib/libc.so.6: version `GLIBC_2.28' not found")
  );
});

it('an addon for another C library', LINUX, async (t) => {
  const project = new Project(t);
  rmSync(project.modules(`framewright/native/framewright.${TARGET}.node`));
  project.write(
    `node_modules/framewright/native/framewright.${OTHER_TARGET}.node`,
    'an addon for another C library, as far as this one can tell'
  );
  await says(
    project,
    `exit 0
! The codec is WebAssembly: the addon for ${OTHER_LIBC} is installed, but this is ${LIBC}
  → node_modules was installed on a system with another C library: glibc and
    musl don't mix. Run npm ci on the system, or in the image, that the app
    runs on.
✓ Sockets are read past Node's streams: only the addon can send directly, and
  not on Windows
✓ ws 8.23.0 in node_modules/ws runs on the codec

It works; see !.
`
  );
});

it("another platform's node_modules", LIMIT, async (t) => {
  const project = new Project(t);
  project.write(
    `node_modules/framewright/native/framewright.${TARGET}.node`,
    'MZ, as executables of another system begin'
  );
  const { code, stdout } = await project.run(['doctor']);
  assert.equal(code, 0);
  // The reason is in the system's words.
  assert.match(
    stdout,
    /^! The codec is WebAssembly: the addon did not load\s+\(/m
  );
  assert.match(
    stdout,
    /→ node_modules comes from another platform, or is damaged/
  );
});

it('a file system that runs nothing', LIMIT, async (t) => {
  const message =
    'addon.node: failed to map segment from shared object: Operation not permitted';
  const { code, stdout } = await new Project(t).run(
    ['doctor'],
    failingAddon(t, message)
  );
  assert.equal(code, 0);
  assert.match(stdout, /mounted with noexec/);
});

it('Electron', LIMIT, async (t) => {
  await says(
    new Project(t, { addon: false }),
    `exit 0
! The codec is WebAssembly: the package @framewright/TARGET is not
  installed in Electron 33.2.1
  → Install for the system that the app is packed for (npm install --os=…
    --cpu=…), and keep addons out of the archive (electron-builder:
    asarUnpack: **/*.node).
✓ Sockets are read past Node's streams: only the addon can send directly, and
  not on Windows
✓ ws 8.23.0 in node_modules/ws runs on the codec

It works; see !.
`,
    preload(
      t,
      `Object.defineProperty(process, 'versions', {
        value: { ...process.versions, electron: '33.2.1' }
      });`
    )
  );
});

it('Bun', LIMIT, async (t) => {
  await says(
    new Project(t),
    `exit 0
! There is no codec, so ws stays as it is: Bun brings its own ws, which is
  native already
  → Nothing to do: under Bun, framewright leaves ws to Bun.

It works; see !.
`,
    preload(
      t,
      `Object.defineProperty(process, 'versions', {
        value: { ...process.versions, bun: '1.2.3' }
      });`
    )
  );
});

it('ws 7 beside ws 8', LIMIT, async (t) => {
  await says(
    new Project(t, {
      ws: { ws: 'ws-8.23', 'old/node_modules/ws': 'ws-7' }
    }),
    `exit 0
✓ The codec is native: the addon for TARGET loaded
✓ Sockets are read and written past Node's streams
! ws 7.5.10 in node_modules/old/node_modules/ws is left as it is: this is not
  ws 8.5 or later
  → Update what depends on it (npm ls ws shows what does) to a version that
    uses ws 8.5 or later.
✓ ws 8.23.0 in node_modules/ws runs on the codec

It works; see !.
`
  );
});

it('ws 7 alone', LIMIT, async (t) => {
  await says(
    new Project(t, { ws: { ws: 'ws-7' } }),
    `exit 1
✓ The codec is native: the addon for TARGET loaded
✓ Sockets are read and written past Node's streams
! ws 7.5.10 in node_modules/ws is left as it is: this is not ws 8.5 or later
  → Update what depends on it (npm ls ws shows what does) to a version that
    uses ws 8.5 or later.
✗ No copy of ws runs on the codec

ws is slower here than it could be: see ✗.
`
  );
});

it('no ws', LIMIT, async (t) => {
  await says(
    new Project(t, { ws: {} }),
    `exit 1
✓ The codec is native: the addon for TARGET loaded
✓ Sockets are read and written past Node's streams
✗ There is no ws here
  → Run this in the directory of the app.

ws is slower here than it could be: see ✗.
`
  );
});

it('a ws that does not load', LIMIT, async (t) => {
  const project = new Project(t);
  project.write(
    'node_modules/ws/lib/sender.js',
    "throw new Error('half a file')"
  );
  await says(
    project,
    `exit 1
✓ The codec is native: the addon for TARGET loaded
✓ Sockets are read and written past Node's streams
✗ ws 8.23.0 in node_modules/ws can't be loaded: half a file
  → Run npm ci.
✗ No copy of ws runs on the codec

ws is slower here than it could be: see ✗.
`
  );
});

it('a ws that behaves in its own way', LIMIT, async (t) => {
  const project = new Project(t);
  const file = project.modules('ws/lib/receiver.js');
  const source = readFileSync(file, 'utf8');
  assert.match(source, /'MASK must be clear'/);
  writeFileSync(
    file,
    source
      .replace("this.emit('ping', data)", "this.emit('pong', data)")
      .replace("? 'ping' : 'pong'", "? 'pong' : 'ping'")
  );
  assert.notEqual(readFileSync(file, 'utf8'), source);
  const { code, stdout } = await project.run(['doctor']);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /✗ ws 8\.23\.0 in node_modules\/ws is left as it is: the self-check\s+found/
  );
  assert.match(stdout, /→ Please report it, with all of this/);
});

it('a bundle that holds ws', LIMIT, async (t) => {
  const lib = path.join(path.dirname(require.resolve('ws')), 'lib');
  const bundle = ['receiver', 'permessage-deflate']
    .map((name) => readFileSync(path.join(lib, `${name}.js`), 'utf8'))
    .join('\n');
  await says(
    new Project(t, {
      files: {
        'dist/server.js': bundle,
        'src/app.ts': "import 'framewright/register';\n"
      }
    }),
    `exit 0
✓ The codec is native: the addon for TARGET loaded
✓ Sockets are read and written past Node's streams
✓ ws 8.23.0 in node_modules/ws runs on the codec
✓ dist/server.js holds a copy of ws, which framewright/register finds at its
  first connection

All is well.
`
  );
});

it('an app that never loads framewright', LIMIT, async (t) => {
  await says(
    new Project(t, {
      files: {
        'package.json': '{ "dependencies": { "framewright": "1" } }',
        'app.js': "require('ws');\n"
      }
    }),
    `exit 0
✓ The codec is native: the addon for TARGET loaded
✓ Sockets are read and written past Node's streams
✓ ws 8.23.0 in node_modules/ws runs on the codec
! Nothing in this directory seems to load framewright
  → Start the app with: node --import framewright/register app.js

It works; see !.
`
  );
});

it('each way to load framewright', LIMIT, async (t) => {
  const ways = [
    [{ 'app.js': "require('framewright/register');" }],
    [{ 'src/app.mts': 'import websockify from "framewright/koa";' }],
    [{ 'app.js': 'const WebSocket = require(`framewright`)' }],
    [
      {
        'package.json':
          '{"scripts":{"start":"node --import framewright/register ."}}'
      }
    ],
    [{ Dockerfile: 'CMD ["node", "-r", "framewright/register", "app.js"]' }],
    [{}, { env: { NODE_OPTIONS: '--require framewright/register' } }]
  ];
  for (const [files, options] of ways) {
    const { stdout } = await new Project(t, { files }).run(['doctor'], options);
    assert.match(stdout, /All is well\.\n$/, JSON.stringify(files));
  }
});

it('another directory', LIMIT, async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'framewright-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const { code, stdout } = await run(['doctor'], { cwd: directory });
  assert.equal(code, 1);
  assert.match(
    stdout,
    /✗ framewright isn't installed in this directory's project/
  );
  assert.match(stdout, /✗ There is no ws here/);
});

it('pnpm, whose packages are links', LIMIT, async (t) => {
  const project = new Project(t, {
    ws: {
      '.pnpm/ws@8.23.0/node_modules/ws': 'ws-8.23',
      '.pnpm/ws@8.5.0/node_modules/ws': 'ws-8.5'
    }
  });
  const { code, stdout } = await project.run(['doctor']);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^✓ ws 8\.23\.0 in node_modules\/\.pnpm\/ws@8\.23\.0\//m
  );
  assert.match(stdout, /^✓ ws 8\.5\.0 in /m);
});

it('JSON', LIMIT, async (t) => {
  const project = new Project(t);
  const { code, stdout } = await project.run(['doctor', '--json']);
  assert.equal(code, 0);
  const { framewright, libc, platform, runtime, ...rest } = JSON.parse(stdout);
  assert.match(framewright, /^\d+\.\d+\.\d+/);
  assert.equal(platform, `${process.platform} ${process.arch}`);
  assert.equal(runtime, `Node ${process.versions.node}`);
  if (process.platform === 'linux')
    assert.match(libc, /^(?:glibc [\d.]+|musl)$/);
  assert.deepEqual(rest, {
    ok: true,
    findings: [
      {
        state: 'good',
        text: `The codec is native: the addon for ${TARGET} loaded`,
        remedy: null
      },
      {
        state: 'good',
        text: "Sockets are read and written past Node's streams",
        remedy: null
      },
      {
        state: 'good',
        text: 'ws 8.23.0 in node_modules/ws runs on the codec',
        remedy: null
      }
    ]
  });

  const off = await project.run(['doctor', '--json'], {
    env: { FRAMEWRIGHT: 'off' }
  });
  assert.equal(off.code, 1);
  const { findings, ok } = JSON.parse(off.stdout);
  assert.equal(ok, false);
  assert.equal(findings[0].state, 'bad');
});
