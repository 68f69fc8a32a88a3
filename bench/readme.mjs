#!/usr/bin/env node
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import prettier from 'prettier';
import { chart } from './harness/chart.mjs';
import { describe, markdown } from './harness/markdown.mjs';

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

const USAGE = `Usage: node bench/readme.mjs [results.json] [--readme <file>] [--chart <file>]

Draws a chart (bench/results/chart.svg) from a results file, and puts chart and
tables between ${START} and ${END} in the
README. Without a results file it takes the newest full one in bench/results.`;

const folder = (name) => fileURLToPath(new URL(name, import.meta.url));

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      chart: { type: 'string', default: folder('results/chart.svg') },
      readme: { type: 'string', default: folder('../README.md') },
      help: { type: 'boolean', short: 'h', default: false }
    }
  });
  if (values.help) return console.log(USAGE);
  const source = positionals[0] ?? (await newestFull());
  const results = JSON.parse(await readFile(source, 'utf8'));
  const drawing = path.resolve(values.chart);
  await writeFile(drawing, chart(results.runs[0], describe(results)));
  console.log(`wrote ${path.relative('', drawing)}`);

  const link = path.relative(
    path.dirname(path.resolve(values.readme)),
    drawing
  );
  const image = `![Speed beside stock ws](${link.replaceAll(path.sep, '/')})`;
  await insert(values.readme, `${image}\n\n${markdown(results)}`);
}

async function newestFull() {
  const names = await readdir(folder('results'));
  const newest = names
    .filter((name) => name.endsWith('-full.json'))
    .sort()
    .pop();
  if (!newest) {
    throw new Error('no full results yet: npm run bench -- --full');
  }
  return path.join(folder('results'), newest);
}

async function insert(file, text) {
  const readme = await readFile(file, 'utf8').catch((err) => {
    if (err.code === 'ENOENT') return '';
    throw err;
  });
  const start = readme.indexOf(START);
  const end = readme.indexOf(END, start);
  if (start < 0 || end < 0) {
    console.log(`${file} has no ${START} … ${END}: left as it is`);
    return;
  }
  const before = readme.slice(0, start + START.length);
  const after = readme.slice(end);
  const options = await prettier.resolveConfig(file);
  const formatted = await prettier.format(`${before}\n\n${text}\n\n${after}`, {
    ...options,
    filepath: file
  });
  await writeFile(file, formatted);
  console.log(`wrote ${path.relative('', file)}`);
}

try {
  await main();
} catch (err) {
  console.error(`readme: ${err.message}`);
  process.exitCode = 1;
}
