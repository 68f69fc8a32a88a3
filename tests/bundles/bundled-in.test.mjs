// framewright itself in a bundle: it finds its addon if it is installed beside the bundle, and else says why not, and
// what to do.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Project } from '../cli/project.mjs';
import { bundle, bundlers, formats } from './bundlers.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LIMIT = { timeout: 120_000 };
const APP = `
  import 'framewright/register';
  import { status } from 'framewright';

  console.log(JSON.stringify(status()));
`;

/** What framewright depends on, to be bundled with it. */
const DEPENDENCIES = [
  'bare-http-parser',
  'forwarded',
  'ipaddr.js',
  'koa-compose',
  'proxy-addr'
];

for (const name of bundlers) {
  describe(name, () => {
    for (const format of formats) {
      test(format, LIMIT, async (t) => {
        const project = new Project(t, { files: {} });
        for (const dependency of DEPENDENCIES) install(project, dependency);
        const file = await bundle(name, format, project, APP, true);

        const beside = run(file);
        assert.equal(beside.status.backend, 'native', beside.status.reason);
        assert.equal(beside.stderr, '');

        renameSync(
          project.modules(''),
          path.join(project.directory, 'elsewhere')
        );
        const { status, stderr } = run(file);
        assert.equal(status.backend, 'stock');
        assert.match(
          status.reason,
          /^the package @framewright\/\S+ is not found from the bundle; the package @framewright\/wasm is not found from the bundle$/
        );
        const warning = `framewright is bundled in ${file}: ${status.reason}. Leave framewright out`;
        assert.equal(stderr.split(warning).length, 2, stderr);
        assert.match(stderr, /\[FRAMEWRIGHT_BUNDLED\]/);

        assert.equal(run(file, { NODE_ENV: 'production' }).stderr, '');
        assert.equal(run(file, { FRAMEWRIGHT: 'off' }).stderr, '');
      });
    }
  });
}

/** Runs a bundle from elsewhere. */
function run(file, env) {
  const { stderr, stdout } = spawnSync(process.execPath, [file], {
    cwd: path.parse(file).root,
    encoding: 'utf8',
    env: { ...process.env, FRAMEWRIGHT: '', NODE_ENV: '', ...env }
  });
  return { status: JSON.parse(stdout), stderr };
}

function install(project, name) {
  const place = project.modules(name);
  const from = [ROOT, path.join(ROOT, 'npm', 'framewright')]
    .map((folder) => path.join(folder, 'node_modules', name))
    .find(existsSync);
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(from, place, 'junction');
}
