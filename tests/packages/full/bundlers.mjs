// The bundlers that people build servers with, with framewright as it is packed: outside of the bundle, and in it.
// FRAMEWRIGHT_WRITE=1 writes the table in docs/compatibility.md.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, it } from 'node:test';

import { writeTable } from '../../../scripts/lib/tables.mjs';
import { bundle, bundlers, formats } from '../../bundles/bundlers.mjs';
import { Project } from '../project.mjs';
import { ROOT, serveRegistry } from '../registry.mjs';

const LIMIT = { timeout: 600_000 };
/** Sent and echoed by the app. */
const MESSAGES = 40;
const passed = new Set();
const PACKAGES = { ncc: '@vercel/ncc', 'vite SSR': 'vite' };
const APP = readFileSync(
  new URL('../apps/inside.mjs', import.meta.url),
  'utf8'
);

for (const name of bundlers) {
  it(name, LIMIT, async (t) => {
    const project = new Project(t, await serveRegistry(t));
    await project.install();
    const target = {
      directory: project.folder,
      write: (...args) => project.write(...args)
    };
    for (const format of formats) {
      for (const isInside of [false, true]) {
        await t.test(
          `${format}, framewright ${isInside ? 'in it' : 'outside'}`,
          async () => {
            const file = await bundle(name, format, target, APP, isInside);
            const status = await project.statusOf(path.basename(file));
            assert.equal(status.backend, 'native', status.reason);
            // framewright outside brings the ws that is outside, too.
            const inside = status.copies.filter((copy) => copy.path === null);
            assert.deepEqual(
              inside.map(({ accelerated }) => accelerated),
              [true]
            );
            assert.equal(status.counters.messages, MESSAGES);
            passed.add(`${name} ${format} ${isInside}`);
          }
        );
      }
    }
  });
}

after(() => {
  if (!process.env.FRAMEWRIGHT_WRITE || passed.size < 4 * bundlers.length)
    return;
  writeTable('docs/compatibility.md', 'bundlers', [
    ['bundler', 'version', 'makes'],
    ...bundlers.map((name) => [
      name,
      versionOf(PACKAGES[name] ?? name),
      'CommonJS and ES modules'
    ])
  ]);
});

function versionOf(name) {
  const folders = ['tests/node_modules', 'node_modules'];
  for (const folder of folders) {
    try {
      const file = path.join(ROOT, folder, name, 'package.json');
      return JSON.parse(readFileSync(file, 'utf8')).version;
    } catch {
      // It is in the other one.
    }
  }
}
