// Builds everything under dist/: `npm run build`.
//
//   dist/page/index.html + inspector.js   the page; works from file://
//   dist/page/full.js, dist/full.js       what only some files need
//   dist/page/decoders.js, dist/decoders.js  what only some payloads need
//   dist/element.js                       the custom element, an ES module
//   dist/reader.js                        captures in the terminal
//   dist/codec.js                         frame decoding alone, for Node too
//   dist/THIRD-PARTY-NOTICES.txt          what of others is in these
//
// Each script carries its WebAssembly and its workers within itself, since a
// page opened from file:// can fetch neither.

import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import {
  NOTICES,
  crates,
  notices,
  npmPackages
} from '../../../scripts/lib/notices.mjs';
import { sampleStream } from './sample.mjs';

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(here));
const dist = join(here, 'dist');
const MAX_PAGE_LEN = 300_000;
const MAX_FULL_LEN = 600_000;
const MAX_DECODERS_LEN = 200_000;
const MAX_CODEC_LEN = 60_000;

const common = {
  absWorkingDir: here,
  bundle: true,
  charset: 'utf8',
  // They are in the notices.
  legalComments: 'none',
  minify: true,
  target: ['chrome123', 'firefox120', 'safari17.5'],
  metafile: true,
  logLevel: 'warning'
};

/** `import base64 from 'x.wasm.gz'`: the compressed module, in base64. */
const wasmPlugin = {
  name: 'wasm',
  setup({ onLoad }) {
    onLoad({ filter: /\.wasm\.gz$/ }, async ({ path }) => ({
      contents: await readFile(path, 'base64'),
      loader: 'text',
      watchFiles: [path]
    }));
  }
};

/** `import base64 from 'sample:'`: the sample session. */
const samplePlugin = {
  name: 'sample',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^sample:$/ }, () => ({
      path: 'sample',
      namespace: 'sample'
    }));
    onLoad({ filter: /./, namespace: 'sample' }, () => ({
      contents: sampleStream().toString('base64'),
      loader: 'text'
    }));
  }
};

/** The files that were bundled into anything. */
const bundled = new Set();

function noteInputs({ inputs }) {
  for (const file of Object.keys(inputs)) bundled.add(file);
}

/** `import source from 'worker:./x.js'`: a worker's whole script as text. */
const workerPlugin = {
  name: 'worker',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^worker:/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice('worker:'.length)),
      namespace: 'worker'
    }));
    onLoad({ filter: /./, namespace: 'worker' }, async ({ path }) => {
      const { outputFiles, metafile } = await build({
        ...common,
        entryPoints: [path],
        format: 'iife',
        write: false,
        // What libraries for Node look for, as packages for browsers have it.
        alias: {
          buffer: 'buffer/',
          events: 'events/',
          process: 'process/browser',
          stream: 'readable-stream'
        },
        plugins: [wasmPlugin, samplePlugin]
      });
      noteInputs(metafile);
      return {
        contents: outputFiles[0].text,
        loader: 'text',
        watchFiles: Object.keys(metafile.inputs)
      };
    });
  }
};

/**
 * `import { loadFull } from 'lazy:'`: how this bundle loads what it needs later; a
 * page by scripts, an element by modules.
 */
const lazyPlugin = (file) => ({
  name: 'lazy',
  setup({ onResolve }) {
    onResolve({ filter: /^lazy:$/ }, () => ({ path: join(here, file) }));
    // They stay files of their own.
    onResolve(
      { filter: /^\.\/(full|decoders|sending)\.js$/ },
      ({ kind, path }) =>
        kind === 'dynamic-import' ? { path, external: true } : null
    );
  }
});

const plugins = [wasmPlugin, workerPlugin];

function buildWasm(variant) {
  const { status, error } = spawnSync(
    'cargo',
    ['run', '--quiet', '-p', 'xtask', '--', 'wasm', variant],
    { cwd: root, stdio: 'inherit' }
  );
  if (error) throw new Error(`can't run cargo: ${error.message}`);
  if (status !== 0) process.exit(1);
}

async function bundle() {
  await mkdir(join(dist, 'page'), { recursive: true });
  const built = await Promise.all([
    build({
      ...common,
      plugins: [...plugins, lazyPlugin('src/lazy/from-script.js')],
      entryPoints: {
        inspector: 'src/page.js',
        full: 'src/page/full.js',
        decoders: 'src/page/decoders.js',
        sending: 'src/page/sending.js'
      },
      format: 'iife',
      outdir: join(dist, 'page')
    }),
    build({
      ...common,
      plugins: [...plugins, lazyPlugin('src/lazy/from-module.js')],
      entryPoints: {
        element: 'src/element.js',
        codec: 'src/codec.js',
        reader: 'src/reader.js',
        full: 'src/full.js',
        decoders: 'src/decoders.js',
        sending: 'src/ui/sending/sending.js'
      },
      format: 'esm',
      outdir: dist
    })
  ]);
  for (const { metafile } of built) noteInputs(metafile);
  for (const file of ['index.html', 'page.css', 'icon.svg'])
    await copyFile(join(here, 'src/page', file), join(dist, 'page', file));
}

async function writeNotices() {
  const files = [...bundled].map((file) => join(here, file));
  const works = [
    ...npmPackages(files),
    ...crates(['-p', 'framewright-wasm', '--target', 'wasm32-unknown-unknown'])
  ];
  await writeFile(join(dist, NOTICES), notices(works));
}

/** Prints what has to be downloaded; throws where that is too much. */
async function checkSizes() {
  const page = ['index.html', 'page.css', 'icon.svg', 'inspector.js'];
  await checkSize('page with WebAssembly', page, 'page', MAX_PAGE_LEN);
  await checkSize('for some files', ['full.js'], 'page', MAX_FULL_LEN);
  await checkSize(
    'for some payloads',
    ['decoders.js'],
    'page',
    MAX_DECODERS_LEN
  );
  await checkSize('codec alone', ['codec.js'], '', MAX_CODEC_LEN);
}

async function checkSize(name, files, folder, maxLen) {
  let total = 0;
  for (const file of files) {
    const bytes = await readFile(join(dist, folder, file));
    const len = gzipSync(bytes, { level: 9 }).length;
    total += len;
    console.log(`${kB(len)} gzip  ${file}`);
  }
  const line = `${kB(total)} gzip  ${name} (limit ${maxLen / 1000})`;
  console.log(line);
  if (total > maxLen) throw new Error(`over the limit: ${line.trim()}`);
}

const kB = (len) => `${(len / 1000).toFixed(1).padStart(8)} kB`;

buildWasm('first');
buildWasm('engine');
buildWasm('codec');
await bundle();
await writeNotices();
await checkSizes();
