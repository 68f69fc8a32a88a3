// `node scripts/compatibility.mjs`: writes the tables of docs/compatibility.md that say what CI runs. Those of frameworks
// and bundlers come from `FRAMEWRIGHT_WRITE=1 npm run test:packages`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { platforms } from './lib/platforms.mjs';
import { root } from './lib/run.mjs';
import { writeTable } from './lib/tables.mjs';

const require = createRequire(import.meta.url);
const PAGE = 'docs/compatibility.md';
const SYSTEMS = { ubuntu: 'Linux', macos: 'macOS', windows: 'Windows' };

/** By name, the rows of each table. */
export function tables() {
  const { load } = require('js-yaml');
  const yaml = (name) =>
    load(readFileSync(join(root, '.github', 'workflows', name), 'utf8'));
  const { node: nodes, runner: runners } =
    yaml('ci.yml').jobs.node.strategy.matrix;
  const { dependencies } = JSON.parse(
    readFileSync(join(root, 'tests', 'package.json'), 'utf8')
  );
  const copies = Object.entries(dependencies)
    .filter(([name]) => /^ws-8/.test(name))
    .map(([, spec]) => spec.split('@').at(-1))
    .sort((a, b) => a.split('.')[1] - b.split('.')[1]);
  const systems = runners.map((runner) => SYSTEMS[runner.split('-')[0]]);
  const every = systems.join(', ');

  return {
    matrix: [
      ['ws', ...nodes.map((node) => `Node ${node}`)],
      ...copies.map((version) => [version, ...nodes.map(() => every)])
    ],
    systems: [
      ['addon', 'system', 'processor', 'C library'],
      ...platforms.map(({ cpu, libc, name, os }) => [
        `\`${name}\``,
        { darwin: 'macOS', linux: 'Linux', win32: 'Windows' }[os],
        cpu,
        { glibc: 'glibc 2.28 or later', musl: 'musl' }[libc] ?? '–'
      ])
    ]
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [name, rows] of Object.entries(tables())) {
    writeTable(PAGE, name, rows);
  }
}
