import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { unpinned } from './spawn.mjs';

const require = createRequire(import.meta.url);

/** The machine, as the results name it. */
export function machine() {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? os.arch(),
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()}`,
    arch: os.arch(),
    unpinned
  };
}

/** The versions of everything that takes part, where it is there. */
export function versions() {
  return {
    framewright: packageVersion('framewright'),
    ws: packageVersion('ws'),
    bufferutil: packageVersion('../peers/node_modules/bufferutil'),
    'utf-8-validate': packageVersion('../peers/node_modules/utf-8-validate'),
    bun: packageVersion('../peers/node_modules/bun'),
    commit: output('git', ['describe', '--always', '--dirty']),
    rustc: output('rustc', ['--version'])
  };
}

function packageVersion(name) {
  try {
    return require(`${name}/package.json`).version;
  } catch {
    return undefined;
  }
}

export function output(file, args) {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync(file, args, { encoding: 'utf8', stdio }).trim();
  } catch {
    return undefined;
  }
}

/** How much of all cores somebody else uses just now, 0–1. */
export async function foreignLoad() {
  const before = cpuTimes();
  await delay(500);
  const after = cpuTimes();
  const total = after.total - before.total;
  return total ? 1 - (after.idle - before.idle) / total : 0;
}

function cpuTimes() {
  let idle = 0;
  let total = 0;
  for (const { times } of os.cpus()) {
    idle += times.idle;
    total += Object.values(times).reduce((sum, time) => sum + time, 0);
  }
  return { idle, total };
}
