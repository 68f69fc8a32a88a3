// What each package manager installs: as each kind of module, in TypeScript, in bundles, with packages missing.

import { createRequire } from 'node:module';
import path from 'node:path';
import { it } from 'node:test';

import { hostPlatform, platforms } from '../../../scripts/lib/platforms.mjs';
import { MANAGERS } from '../managers.mjs';
import { Project, TOOLS } from '../project.mjs';
import { serveRegistry } from '../registry.mjs';

const LIMIT = { timeout: 600_000 };
const ADDON = `@framewright/${hostPlatform().name}`;
// yarn 1 can't tell C libraries apart, and installs the addons for both.
const ADDONS = platforms.map(({ name }) => `@framewright/${name}`);
const NATIVE = /^the addon for .* loaded$/;
const NO_ADDON = new RegExp(`^the package ${ADDON} is not installed$`);
const NEITHER = new RegExp(
  `^the package ${ADDON} is not installed; the package @framewright/wasm is not installed$`
);
// In a bundle, nobody can tell what is installed.
const inBundle = ({ source }) =>
  new RegExp(source.replaceAll('not installed', 'not found from the bundle'));
const TSC = path.join(TOOLS, 'typescript', 'bin', 'tsc');
const STRICT = ['--strict', '--target', 'es2022', '--types', 'node'];

const { buildSync } = createRequire(path.join(TOOLS, 'x.js'))('esbuild');
const webpack = createRequire(path.join(TOOLS, 'x.js'))('webpack');

/** A framework outside, ours inside; ours outside, too; everything inside. */
const BUNDLES = [
  ['ws outside', 'esm.mjs', ['ws']],
  ['both outside', 'esm.mjs', ['ws', 'framewright', 'framewright/register']],
  ['both inside', 'inside.mjs', []]
];

for (const manager of Object.keys(MANAGERS)) {
  const isPlugnplay = manager.includes('Plug');

  it(manager, LIMIT, async (t) => {
    const project = new Project(t, await serveRegistry(t), manager);
    await project.install({ types: true });

    await t.test('ES modules', () =>
      project.talks('esm.mjs', 'native', NATIVE)
    );
    await t.test('CommonJS', () => project.talks('cjs.cjs', 'native', NATIVE));
    // Plug'n'Play keeps packages zipped: neither can TypeScript read them, nor can we delete them.
    if (isPlugnplay) return;

    await t.test('TypeScript, node16', async () => {
      await project.run(TSC, [
        ...STRICT,
        ...['--module', 'node16', '--outDir', '.'],
        ...['typed.mts', 'typed.cts']
      ]);
      await project.talks('typed.mjs', 'native', NATIVE);
      await project.talks('typed.cjs', 'native', NATIVE);
    });

    await t.test('TypeScript, bundler', async () => {
      await project.run(TSC, [
        ...STRICT,
        ...['--module', 'preserve', '--moduleResolution', 'bundler'],
        ...['--noEmit', 'typed.mts']
      ]);
      esbuild(project, 'typed.mts', ['ws']);
      await project.talks('bundle.cjs', 'native', NATIVE);
    });

    for (const [name, app, externals] of BUNDLES) {
      const options = { isBundled: externals.length === 0 };

      await t.test(`esbuild, ${name}`, async () => {
        esbuild(project, app, externals);
        await project.talks('bundle.cjs', 'native', NATIVE, options);
      });
      await t.test(`webpack, ${name}`, async () => {
        await pack(project, app, externals);
        await project.talks('packed.cjs', 'native', NATIVE, options);
      });
    }

    await t.test('without the addon', async () => {
      project.remove(...ADDONS);
      await project.talks('esm.mjs', 'wasm', NO_ADDON);
      await project.talks('cjs.cjs', 'wasm', NO_ADDON);
      await project.talks('bundle.cjs', 'wasm', inBundle(NO_ADDON), {
        isBundled: true
      });
      await project.talks('packed.cjs', 'wasm', inBundle(NO_ADDON), {
        isBundled: true
      });
    });

    await t.test('with neither', async () => {
      project.remove('@framewright/wasm');
      await project.talks('esm.mjs', 'stock', NEITHER);
      await project.talks('cjs.cjs', 'stock', NEITHER);
      await project.talks('bundle.cjs', 'stock', inBundle(NEITHER), {
        isBundled: true
      });
      await project.talks('packed.cjs', 'stock', inBundle(NEITHER), {
        isBundled: true
      });
    });
  });
}

function esbuild({ folder }, app, external) {
  buildSync({
    absWorkingDir: folder,
    bundle: true,
    entryPoints: [app],
    external,
    logLevel: 'error',
    outfile: 'bundle.cjs',
    platform: 'node'
  });
}

async function pack({ folder }, app, externals) {
  const stats = await new Promise((resolve, reject) => {
    webpack(
      {
        context: folder,
        entry: `./${app}`,
        externals: Object.fromEntries(
          externals.map((name) => [name, `commonjs ${name}`])
        ),
        mode: 'production',
        output: { filename: 'packed.cjs', path: folder },
        target: 'node'
      },
      (err, stats) => (err ? reject(err) : resolve(stats))
    );
  });
  const { errors, warnings } = stats.toJson({
    all: false,
    errors: true,
    warnings: true
  });
  // Others' packages look for packages that aren't there.
  const ours = [...errors, ...warnings].filter(
    ({ moduleName = '' }) => errors.length > 0 || /framewright/.test(moduleName)
  );
  if (ours.length > 0) throw new Error(JSON.stringify(ours, null, 2));
}
