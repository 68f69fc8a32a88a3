#!/usr/bin/env node
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import prettier from 'prettier';
import { chart } from './harness/report/chart.mjs';
import { describe, markdown } from './harness/report/markdown.mjs';
import { summarized, summaryTable } from './harness/report/summary.mjs';

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

const USAGE = `Usage: node bench/results.mjs [results.json] [options]

Publishes a results file: every figure goes into bench/RESULTS.md, with a chart
(bench/results/chart.svg), and six of them into the README, with a chart of
their own (bench/results/summary.svg). They replace what is between
${START} and ${END}.

Without a results file it takes the newest full one in bench/results, or the
newest quick one if there is none.

Options:
  --table <file>    in place of bench/RESULTS.md
  --readme <file>   in place of README.md
  --charts <folder> in place of bench/results
  --help            print this`;

const folder = (name) => fileURLToPath(new URL(name, import.meta.url));

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      charts: { type: 'string', default: folder('results') },
      readme: { type: 'string', default: folder('../README.md') },
      table: { type: 'string', default: folder('RESULTS.md') },
      help: { type: 'boolean', short: 'h', default: false }
    }
  });
  if (values.help) return console.log(USAGE);
  const source = path.resolve(positionals[0] ?? (await newest()));
  const results = JSON.parse(await readFile(source, 'utf8'));
  const [run] = results.runs;
  const note = describe(results);

  const all = path.resolve(values.charts, 'chart.svg');
  await write(all, chart(run, note));
  await insert(
    values.table,
    [
      image(values.table, all),
      markdown(results),
      `All of it is in [${path.basename(source)}](${linkTo(source, values.table)}).`
    ].join('\n\n')
  );

  const few = path.resolve(values.charts, 'summary.svg');
  await write(few, chart(summarized(run), note));
  await insert(
    values.readme,
    `${image(values.readme, few)}\n\n${summaryTable(results)}`
  );
}

async function newest() {
  const names = (await readdir(folder('results'))).sort();
  const last = (kind) => names.filter((name) => name.endsWith(kind)).pop();
  const name = last('-full.json') ?? last('-quick.json');
  if (!name) throw new Error('no results yet: npm run bench -- --full');
  return path.join(folder('results'), name);
}

const image = (page, drawing) =>
  `![Speed beside stock ws](${linkTo(drawing, page)})`;

function linkTo(file, page) {
  const link = path.relative(path.dirname(path.resolve(page)), file);
  return link.replaceAll(path.sep, '/');
}

async function insert(file, text) {
  const page = await readFile(file, 'utf8').catch((err) => {
    if (err.code === 'ENOENT') return '';
    throw err;
  });
  const start = page.indexOf(START);
  const end = page.indexOf(END, start);
  if (start < 0 || end < 0) {
    console.log(`${file} has no ${START} … ${END}: left as it is`);
    return;
  }
  const before = page.slice(0, start + START.length);
  const after = page.slice(end);
  const options = await prettier.resolveConfig(file);
  const formatted = await prettier.format(`${before}\n\n${text}\n\n${after}`, {
    ...options,
    filepath: file
  });
  await write(file, formatted);
}

async function write(file, text) {
  await writeFile(file, text);
  console.log(`wrote ${path.relative('', file)}`);
}

try {
  await main();
} catch (err) {
  console.error(`results: ${err.message}`);
  process.exitCode = 1;
}
