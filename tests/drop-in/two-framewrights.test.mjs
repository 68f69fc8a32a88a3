// Two copies of framewright in one process: a copy of ws is accelerated once, by whichever came first,
// and the other says so.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { build } from 'esbuild';

import { Project } from '../cli/project.mjs';

const run = promisify(execFile);
const CONVERSE = readFileSync(
  fileURLToPath(new URL('fixtures/converse.cjs', import.meta.url)),
  'utf8'
);
const { version } = JSON.parse(
  readFileSync(
    fileURLToPath(
      new URL('../../npm/framewright/package.json', import.meta.url)
    )
  )
);

const LIMIT = { timeout: 120_000 };
const RIGHT = { got: 60, wrong: 0, code: 1000, errors: [] };
const OTHER = 'packages/other';

/** A monorepo whose packages each have a framewright of their own. */
function monorepo(t, { ws = { ws: 'ws-8.23' }, app }) {
  const project = new Project(t, {
    ws,
    files: {
      'converse.cjs': CONVERSE,
      'app.cjs': `const converse = require('./converse.cjs');\nconst ws = require('ws');\n${app}`,
      [`${OTHER}/index.js`]: `exports.framewright = require('framewright');\nexports.ws = require('ws');\n`
    }
  });
  cpSync(
    project.modules('framewright'),
    `${project.directory}/${OTHER}/node_modules/framewright`,
    { recursive: true }
  );
  return project;
}

/** What an app prints. */
async function output(project, args, env) {
  const { stdout } = await run(process.execPath, args, {
    cwd: project.directory,
    env: { ...process.env, ...env }
  });
  return JSON.parse(stdout);
}

const LOAD = `
  // It is ws itself that a copy of framewright exports: the second one's functions take the place.
  const first = functionsOf(require('framewright'));
  const second = require('./${OTHER}');
  const other = functionsOf(second.framewright);

  function functionsOf({ accelerate, status }) {
    return { accelerate, status };
  }
`;
const PRINT = `
  .then((outcomes) => {
    const [mine, others] = [first, other].map(({ status }) => status());
    console.log(JSON.stringify({ outcomes, mine, others }));
    process.exit();
  });`;

/** What the second copy says of a copy of ws that the first has accelerated. */
function isAdopted({ accelerated, by, reason }, directory) {
  const path = `${directory}/node_modules/framewright`;
  assert.equal(accelerated, true);
  assert.deepEqual(by, { version, path });
  assert.equal(
    reason,
    `accelerated before by framewright ${version} at ${path}`
  );
}

for (const backend of ['', 'wasm']) {
  const on = backend === '' ? 'natively' : 'on WebAssembly';

  test(`${on}: two copies and one ws`, LIMIT, async (t) => {
    const project = monorepo(t, {
      app: `${LOAD}
        first.accelerate(ws);
        other.accelerate(second.ws);
        Promise.all([converse(ws), converse(second.ws)])${PRINT}`
    });
    const env = { FRAMEWRIGHT: backend };
    const { outcomes, mine, others } = await output(project, ['app.cjs'], env);
    assert.deepEqual(outcomes, [RIGHT, RIGHT]);
    assert.equal(mine.copies.length, 1);
    assert.equal(mine.copies[0].by, undefined);
    assert.equal(others.copies.length, 1);
    isAdopted(others.copies[0], project.directory);
    // Whoever is asked says what the codec has done.
    assert.deepEqual(others.counters, mine.counters);
    assert.ok(mine.counters.messages >= 240);
  });

  test(
    `${on}: two copies and two ws, which talk to each other`,
    LIMIT,
    async (t) => {
      const project = monorepo(t, {
        ws: { ws: 'ws-8.23', [`../${OTHER}/node_modules/ws`]: 'ws-8.18' },
        app: `${LOAD}
        if (ws === second.ws) throw new Error('It is one ws');
        first.accelerate(ws);
        other.accelerate(second.ws);
        first.accelerate(second.ws);
        other.accelerate(ws);
        Promise.all([
          converse(ws, second.ws),
          converse(second.ws, ws),
          converse(ws),
          converse(second.ws)
        ])${PRINT}`
      });
      const env = { FRAMEWRIGHT: backend };
      const { outcomes, mine, others } = await output(
        project,
        ['app.cjs'],
        env
      );
      assert.deepEqual(outcomes, [RIGHT, RIGHT, RIGHT, RIGHT]);
      isAdopted(others.copies[1], project.directory);
      assert.equal(
        mine.copies[1].by.path,
        `${project.directory}/${OTHER}/node_modules/framewright`
      );
    }
  );

  test(
    `${on}: a copy that left no mark, as version 0.1.0`,
    LIMIT,
    async (t) => {
      const project = monorepo(t, {
        app: `require('framewright');
        for (const symbol of Object.getOwnPropertySymbols(ws.Receiver)) {
          if (/^framewright/.test(Symbol.keyFor(symbol))) delete ws.Receiver[symbol];
        }
        ${LOAD}
        Promise.all([converse(ws)])${PRINT}`
      });
      const env = { FRAMEWRIGHT: backend };
      const { outcomes, others } = await output(project, ['app.cjs'], env);
      assert.deepEqual(outcomes, [RIGHT]);
      assert.equal(others.copies[0].accelerated, true);
      assert.deepEqual(others.copies[0].by, { version: '0.1.0', path: null });
    }
  );

  test(`${on}: a bundle, and framewright/register`, LIMIT, async (t) => {
    const project = monorepo(t, {
      app: `
        const first = require('framewright');
        first.accelerate(ws);
        converse(ws).then((outcome) => {
          console.log(JSON.stringify({ outcome, copies: first.status().copies }));
          process.exit();
        });`
    });
    await build({
      absWorkingDir: project.directory,
      bundle: true,
      entryPoints: ['app.cjs'],
      external: ['ws'],
      logLevel: 'error',
      outfile: 'bundle.cjs',
      platform: 'node'
    });
    const env = { FRAMEWRIGHT: backend };
    const args = ['-r', 'framewright/register', 'bundle.cjs'];
    const { outcome, copies } = await output(project, args, env);
    assert.deepEqual(outcome, RIGHT);
    assert.equal(copies.length, 1);
    isAdopted(copies[0], project.directory);

    // The bundle first: then it is the package that stands aside.
    const after = await output(
      project,
      [
        '-e',
        `console.log = (text) => process.stdout.write(JSON.stringify({
          ...JSON.parse(text), others: require('framewright').status()
        }));
        require('./bundle.cjs');
        require('framewright').accelerate(require('ws'));`
      ],
      env
    );
    assert.deepEqual(after.outcome, RIGHT);
    assert.deepEqual(after.others.copies[0].by, { version, path: null });
  });
}

test('doctor names both copies, and who was first', LIMIT, async (t) => {
  const nested = 'node_modules/dependency/node_modules/framewright';
  const project = monorepo(t, { app: '' });
  cpSync(project.modules('framewright'), path.join(project.directory, nested), {
    recursive: true
  });
  const { code, stdout } = await project.run(['doctor'], {
    nodeArgs: ['-r', `./${nested}/entries/register.js`]
  });
  assert.equal(code, 0);
  const copy = `framewright ${version} at ${path.join(project.directory, nested)}`;
  for (const line of [
    `ws 8.23.0 in node_modules/ws was accelerated before by ${copy}`,
    `There are 2 copies of framewright: ${version} in ${nested}, ${version} in node_modules/framewright`
  ]) {
    assert.ok(stdout.replace(/\s+/g, ' ').includes(line), stdout);
  }
});
