import { PARTS } from '../parts/index.mjs';
import { besideBefore, useBefore } from '../parts/lib/before.mjs';
import { foreignLoad, output } from './machine.mjs';
import { readOptions, USAGE, UsageError } from './options.mjs';
import { installPeers, nodeBinary } from './packages.mjs';
import {
  fileOf,
  putPart,
  readResults,
  runOf,
  saveResults,
  startResults
} from './report/results-file.mjs';
import { Progress } from './report/progress.mjs';
import { runPart } from './rounds.mjs';
import { unpinned } from './spawn.mjs';
import { printPart, printSummary } from './report/table.mjs';

// The share of the machine that others may use before a run starts.
const BUSY = 0.15;

/**
 * `npm run bench`.
 *
 * @param {string[]} args The command line's arguments
 * @param {() => void} prepare Called before anything is measured
 * @return {Promise<number>} The exit code
 */
export async function main(args, prepare) {
  const names = PARTS.map(({ name }) => name);
  try {
    const options = readOptions(args, names);
    if (options.help) {
      console.log(USAGE.replace('PARTS', names.join(', ')));
      return 0;
    }
    prepare();
    await bench(options);
    return 0;
  } catch (err) {
    console.error(
      `bench: ${err instanceof UsageError ? err.message : err.stack}`
    );
    return err instanceof UsageError ? 2 : 1;
  }
}

async function bench(options) {
  const progress = new Progress();
  const parts = partsOf(options);
  if (options.before) useBefore(options.before);
  if (unpinned) progress.note(`processes are not pinned: ${unpinned}`);
  const load = await foreignLoad();
  if (load > BUSY) {
    const percent = Math.round(load * 100);
    progress.note(`the machine is ${percent} % busy already: expect noise`);
  }
  await installPeers(progress);
  const results = options.into
    ? await readResults(options.into)
    : startResults(options, load);
  const file = options.into ?? fileOf(results);
  for (const node of await nodes(options, progress)) {
    const version = output(node, ['--version']);
    if (!version) throw new UsageError(`not a node binary: ${node}`);
    const run = runOf(results, version);
    if (!options.json) console.log(`\nNode ${version}`);
    for (const part of parts) {
      // The first run has it.
      if (part.withoutNode && run !== results.runs[0]) continue;
      const measured = await runPart(part, { ...options, node, progress });
      putPart(run, measured, options);
      progress.done();
      if (!options.json) printPart(measured, process.stdout);
      // After each part, so that nothing is lost when a long run is cut off.
      if (options.save) await saveResults(results, file);
    }
  }
  if (options.json) console.log(JSON.stringify(results));
  else if (results.runs.length > 1) printSummary(results, process.stdout);
  if (options.save) progress.note(`results are in ${file}`);
}

function partsOf(options) {
  const parts = PARTS.filter(({ name }) => options.parts.includes(name));
  if (!options.before) return parts;
  // The others are compared with something else than stock ws.
  const comparable = parts.filter(({ base }) => base === 'ws');
  if (comparable.length === 0) {
    throw new UsageError(`--before: not for ${options.parts.join(', ')}`);
  }
  return comparable.map(besideBefore);
}

async function nodes(options, progress) {
  if (!options.nodes) return [options.node ?? process.execPath];
  const binaries = [];
  for (const version of options.nodes) {
    binaries.push(await nodeBinary(version, progress));
  }
  return binaries;
}
