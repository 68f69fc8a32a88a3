// Package managers, and how each of them installs without running scripts.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TOOLS = fileURLToPath(new URL('./tools/node_modules/', import.meta.url));

/** npm's own script, to be run by the Node that runs this. */
function npm() {
  const { npm_execpath: file } = process.env;
  if (file?.endsWith('npm-cli.js')) return file;
  const root = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' });
  return path.join(root.trim(), 'npm', 'bin', 'npm-cli.js');
}

const berry = (linker) => ({
  add: () => [`${TOOLS}@yarnpkg/cli-dist/bin/yarn.js`, 'add'],
  files: (registry) => ({
    '.yarnrc.yml': [
      `nodeLinker: ${linker}`,
      `npmRegistryServer: ${registry}`,
      "unsafeHttpWhitelist: ['127.0.0.1']",
      'enableScripts: false',
      'enableGlobalCache: false',
      'enableTelemetry: false',
      'enableImmutableInstalls: false',
      'npmMinimalAgeGate: 0'
    ].join('\n'),
    'yarn.lock': ''
  })
});

/**
 * `add()` gives the command that adds packages; `files()` what has to be there
 * before; `preload` what Node needs for running the project.
 */
export const MANAGERS = {
  npm: {
    add: (registry, cache) => [
      npm(),
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `--registry=${registry}`,
      `--cache=${cache}`
    ]
  },
  pnpm: {
    add: (registry, cache) => [
      `${TOOLS}pnpm/bin/pnpm.mjs`,
      'add',
      '--ignore-scripts',
      `--registry=${registry}`,
      `--store-dir=${cache}`
    ]
  },
  'yarn 1': {
    add: (registry, cache) => [
      `${TOOLS}yarn/bin/yarn.js`,
      'add',
      '--ignore-scripts',
      '--no-progress',
      `--registry=${registry}`,
      `--cache-folder=${cache}`
    ]
  },
  'yarn 4': berry('node-modules'),
  'yarn 4, Plug’n’Play': {
    ...berry('pnp'),
    preload: ['-r', './.pnp.cjs', '--loader', './.pnp.loader.mjs']
  }
};
