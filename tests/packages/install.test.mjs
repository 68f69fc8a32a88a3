// What npm installs, in short; `npm run test:packages` has the other package managers, bundlers and TypeScript.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { before, it } from 'node:test';

import { hostPlatform } from '../../scripts/lib/platforms.mjs';
import { Project } from './project.mjs';
import { isOnline, ROOT, serveRegistry } from './registry.mjs';

const LIMIT = { timeout: 300_000 };
const WASM = path.join(ROOT, 'npm', 'wasm', 'wasm', 'backend.js');
const ADDON = `@framewright/${hostPlatform()?.name}`;

before(() => {
  execFileSync(
    process.execPath,
    [path.join(ROOT, 'scripts', 'release', 'pack.mjs'), '--host'],
    { stdio: 'inherit' }
  );
}, LIMIT);

it('npm installs what runs, with and without the addon', LIMIT, async (t) => {
  if (!(await isOnline())) return t.skip('the registry of npm does not answer');
  if (!existsSync(WASM)) return t.skip('there is no WebAssembly build');

  const project = new Project(t, await serveRegistry(t));
  await project.install();
  await project.talks('esm.mjs', 'native', /^the addon for .* loaded$/);
  await project.talks('cjs.cjs', 'native', /^the addon for .* loaded$/);

  project.remove(ADDON);
  await project.talks(
    'esm.mjs',
    'wasm',
    new RegExp(`^the package ${ADDON} is not installed$`)
  );

  project.remove('@framewright/wasm');
  await project.talks(
    'cjs.cjs',
    'stock',
    new RegExp(
      `^the package ${ADDON} is not installed; the package @framewright/wasm is not installed$`
    )
  );
});
