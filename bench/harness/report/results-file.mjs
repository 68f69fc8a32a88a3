import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine, versions } from '../machine.mjs';
import { UsageError } from '../options.mjs';

const FOLDER = new URL('../../results/', import.meta.url);

const modeOf = ({ quick }) => (quick ? 'quick' : 'full');

/**
 * Results without any figures yet.
 *
 * @param {object} options The command line's
 * @param {number} foreignLoad See `foreignLoad()`
 * @return {object} What a file in bench/results holds
 */
export function startResults(options, foreignLoad) {
  return {
    schema: 1,
    date: new Date().toISOString(),
    mode: modeOf(options),
    rounds: options.rounds,
    machine: { ...machine(), foreignLoad },
    versions: versions(),
    runs: []
  };
}

/**
 * The results of an earlier run, to add to.
 *
 * @param {string} file Where they are
 * @return {Promise<object>} As from `startResults()`
 */
export async function readResults(file) {
  const results = JSON.parse(await readFile(file, 'utf8'));
  const [{ cpu, cores }, here] = [results.machine, machine()];
  if (cpu !== here.cpu || cores !== here.cores) {
    throw new UsageError(`--into: those are of another machine: ${cpu}`);
  }
  return results;
}

/**
 * What is measured on one node.
 *
 * @param {object} results Where it goes
 * @param {string} node The node's version
 * @return {object} The run, new or of an earlier time
 */
export function runOf(results, node) {
  let run = results.runs.find((run) => run.node === node);
  if (!run) {
    run = { node, parts: [] };
    results.runs.push(run);
  }
  return run;
}

/**
 * Puts a part's results into a run, in place of earlier ones.
 *
 * @param {object} run The run
 * @param {object} part As `runPart` returned it
 * @param {object} options The command line's
 */
export function putPart(run, part, options) {
  const measured = { mode: modeOf(options), rounds: options.rounds, ...part };
  const at = run.parts.findIndex(({ name }) => name === part.name);
  if (at === -1) run.parts.push(measured);
  else run.parts[at] = measured;
}

/**
 * Where the results of a run go, if they aren't added to earlier ones.
 *
 * @param {object} results They name the file
 * @return {string} Its path
 */
export function fileOf({ date, mode }) {
  const stamp = date.slice(0, 19).replaceAll(':', '');
  return path.relative(
    '',
    fileURLToPath(new URL(`${stamp}-${mode}.json`, FOLDER))
  );
}

/** Writes the results, in place of what is in the file. */
export async function saveResults(results, file) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
}
