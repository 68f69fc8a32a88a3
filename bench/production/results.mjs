// Measures what production asks for, into bench/RESULTS.md: `node bench/production/results.mjs [metrics heartbeat …]`
//
// Runs the scripts beside it that are named, or all of them, one after the other. The table that each prints in the end
// replaces the one that is there. Rounds and the like are taken from the environment, as each script says.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

import { foreignLoad, machine } from '../harness/machine.mjs';

const NAMES = [
  'metrics',
  'counting',
  'heartbeat',
  'http2',
  'scaling',
  'deflate'
];

const folder = (name) => fileURLToPath(new URL(name, import.meta.url));
const PAGE = folder('../RESULTS.md');

const { argv } = process;
const names = argv.length > 2 ? argv.slice(2) : NAMES;
const unknown = names.find((name) => !NAMES.includes(name));

if (unknown !== undefined) {
  console.error(`results: ${unknown} is none of ${NAMES.join(', ')}`);
  process.exit(1);
}

for (const name of names) await measure(name);

async function measure(name) {
  const load = await foreignLoad();
  const rows = await tableOf(name);
  const { cores, cpu, system } = machine();
  const day = new Date().toISOString().slice(0, 10);
  const note =
    `\`node bench/production/${name}.mjs\`: ${cpu}, ${cores} cores, ${system}; ` +
    `Node ${process.versions.node}; ${day}; before it, others used ` +
    `${(load * 100).toFixed(0)} % of the cores.`;
  await insert(name, `${note}\n\n${rows.join('\n')}`);
}

/** Runs a script, and returns the lines of its table. */
async function tableOf(name) {
  const child = spawn(process.execPath, [folder(`${name}.mjs`)], {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  const rows = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    console.log(line);
    if (line.startsWith('|')) rows.push(line);
  });
  const [[code]] = await Promise.all([
    once(child, 'exit'),
    once(lines, 'close')
  ]);
  if (code !== 0 || rows.length < 3) throw new Error(`${name}.mjs failed`);
  return rows;
}

async function insert(name, text) {
  const page = await readFile(PAGE, 'utf8');
  const start = `<!-- production:${name}:start -->`;
  const at = page.indexOf(start) + start.length;
  const end = page.indexOf(`<!-- production:${name}:end -->`, at);
  if (at < start.length || end < 0) throw new Error(`no ${start} in ${PAGE}`);
  const options = await prettier.resolveConfig(PAGE);
  const formatted = await prettier.format(
    `${page.slice(0, at)}\n\n${text}\n\n${page.slice(end)}`,
    { ...options, filepath: PAGE }
  );
  await writeFile(PAGE, formatted);
}
