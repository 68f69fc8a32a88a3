// The bundlers that people build servers with, each as one function. framewright stays outside, unless it is asked for.

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import esbuild from 'esbuild';
import { rollup } from 'rollup';
import { build as tsup } from 'tsup';
import { build as vite } from 'vite';
import webpack from 'webpack';

const require = createRequire(import.meta.url);
const ncc = require('@vercel/ncc');

/** What a bundle has outside, besides Node's own modules. */
const EXTERNAL = /^framewright(\/|$)/;
const NOTHING = /^$/;

/**
 * By name: builds `entry` into one file, as CommonJS (`cjs`) or an ES module
 * (`esm`).
 *
 * @typedef {(build: { directory: string, entry: string, format: 'cjs'|'esm', isInside: boolean, outfile: string }) => Promise<void>} Bundler
 * @type {Object<string, Bundler>}
 */
const BUNDLERS = {
  async esbuild({ directory, entry, format, isInside, outfile }) {
    await esbuild.build({
      absWorkingDir: directory,
      entryPoints: [entry],
      bundle: true,
      external: isInside ? [] : ['framewright', 'framewright/*'],
      format,
      logLevel: 'error',
      minify: true,
      outfile,
      platform: 'node',
      ...(format === 'esm' && { banner: { js: REQUIRE } })
    });
  },

  async rollup({ entry, format, isInside, outfile }) {
    const external = outsideOf(isInside);
    const bundle = await rollup({
      input: entry,
      external: (id) => external.test(id),
      onwarn() {},
      plugins: [
        nodeResolve({ exportConditions: ['node'], preferBuiltins: true }),
        JSON_MODULES,
        commonjs({ ignoreTryCatch: true, strictRequires: isInside })
      ]
    });
    await bundle.write({ file: outfile, format, inlineDynamicImports: true });
    await bundle.close();
  },

  async webpack({ directory, entry, format, isInside, outfile }) {
    const external = outsideOf(isInside);
    const isModule = format === 'esm';
    const compiler = webpack({
      context: directory,
      entry,
      experiments: { outputModule: isModule },
      externals: ({ request }, callback) =>
        external.test(request)
          ? callback(null, `${isModule ? 'module' : 'commonjs'} ${request}`)
          : callback(),
      externalsPresets: { node: true },
      mode: 'production',
      output: {
        chunkFormat: isModule ? 'module' : 'commonjs',
        filename: path.basename(outfile),
        library: { type: isModule ? 'module' : 'commonjs2' },
        path: path.dirname(outfile)
      },
      // ws tries these; they aren't installed.
      resolve: { alias: { bufferutil: false, 'utf-8-validate': false } },
      target: 'node20'
    });
    const stats = await new Promise((resolve, reject) => {
      compiler.run((err, stats) => (err ? reject(err) : resolve(stats)));
    });
    await new Promise((resolve) => compiler.close(resolve));
    if (stats.hasErrors()) throw new Error(stats.toString());
  },

  async 'vite SSR'({ directory, entry, format, isInside, outfile }) {
    await vite({
      root: directory,
      configFile: false,
      logLevel: 'silent',
      build: {
        emptyOutDir: false,
        outDir: path.dirname(outfile),
        rollupOptions: {
          output: { entryFileNames: path.basename(outfile), format }
        },
        ssr: entry
      },
      ssr: isInside
        ? { noExternal: true }
        : { external: ['framewright'], noExternal: ['ws'] }
    });
  },

  // It takes the format from the entry's name.
  async ncc({ entry, isInside, outfile }) {
    const { code } = await ncc(entry, {
      cache: false,
      externals: isInside ? [] : ['framewright', 'framewright/register'],
      quiet: true
    });
    writeFileSync(outfile, code);
  },

  async tsup({ directory, entry, format, isInside, outfile }) {
    const cwd = process.cwd();
    const name = path.basename(outfile, path.extname(outfile));
    const out = path.join(directory, `${name}.out`);
    process.chdir(directory);
    try {
      await tsup({
        banner: format === 'esm' ? { js: REQUIRE } : {},
        clean: false,
        config: false,
        entry: { [name]: entry },
        external: [outsideOf(isInside)],
        format: [format],
        noExternal: [isInside ? /./ : 'ws'],
        outDir: out,
        outExtension: () => ({ js: path.extname(outfile) }),
        platform: 'node',
        shims: false,
        silent: true
      });
    } finally {
      process.chdir(cwd);
    }
    renameSync(path.join(out, path.basename(outfile)), outfile);
    rmSync(out, { recursive: true });
  }
};

/** What stays outside. */
const outsideOf = (isInside) => (isInside ? NOTHING : EXTERNAL);

/** A rollup plugin: framewright reads its own package.json. */
const JSON_MODULES = {
  name: 'json',
  transform: (code, id) =>
    id.endsWith('.json') ? `export default ${code}` : null
};

/** What a bundle that is an ES module needs for what is CommonJS in it. */
const REQUIRE =
  "import { createRequire as createRequireOf } from 'node:module';" +
  'const require = createRequireOf(import.meta.url);';

/** The bundlers' names. */
export const bundlers = Object.keys(BUNDLERS);

/** What a format's sources and bundles are called. */
const FILES = {
  cjs: { entry: 'app.js', outfile: 'bundle.cjs' },
  esm: { entry: 'app.mjs', outfile: 'bundle.mjs' }
};

export const formats = Object.keys(FILES);

/**
 * Bundles an app.
 *
 * @param {string} name The bundler's name
 * @param {'cjs'|'esm'} format What to make
 * @param {Project} project The project to do it in
 * @param {string} source The app's source, an ES module
 * @param {boolean} [isInside] Whether framewright is in the bundle
 * @return {Promise<string>} The bundle's file
 */
export async function bundle(name, format, project, source, isInside = false) {
  const { directory } = project;
  const { entry, outfile } = FILES[format];
  const file = path.join(directory, outfile);
  project.write(entry, source);
  await BUNDLERS[name]({
    directory,
    entry: path.join(directory, entry),
    format,
    isInside,
    outfile: file
  });
  return file;
}
