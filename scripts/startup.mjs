// What `require('framewright/register')` costs at start-up. It starts processes in turns, and takes the time from their first line.
//
//   node scripts/startup.mjs [rounds]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { root } from './lib/run.mjs';

const ROUNDS = Number(process.argv[2] ?? 30);
const CASES = {
  nothing: '',
  register: "require('framewright/register')",
  ws: "require('ws')",
  'register, ws': "require('framewright/register'); require('ws')"
};

const samples = Object.fromEntries(
  Object.keys(CASES).map((name) => [name, { wall: [], cpu: [] }])
);

for (let round = 0; round < ROUNDS; round++) {
  for (const [name, code] of Object.entries(CASES)) {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [
        '-e',
        `const t = process.hrtime.bigint(), c = process.cpuUsage();
        ${code};
        const { user, system } = process.cpuUsage(c);
        console.log(JSON.stringify([
          Number(process.hrtime.bigint() - t) / 1e6, (user + system) / 1e3
        ]))`
      ],
      { cwd: join(root, 'tests'), encoding: 'utf8' }
    );

    if (status !== 0) throw new Error(stderr);

    const [wall, cpu] = JSON.parse(stdout);

    samples[name].wall.push(wall);
    samples[name].cpu.push(cpu);
  }
}

console.log(`Node ${process.version}, ${ROUNDS} rounds, ms: least, median`);
for (const [name, { wall, cpu }] of Object.entries(samples)) {
  console.log(`${name.padEnd(14)} ${show(wall)}   CPU ${show(cpu)}`);
}

function show(times) {
  const sorted = times.toSorted((a, b) => a - b);

  return [sorted[0], sorted[sorted.length >> 1]]
    .map((time) => time.toFixed(1).padStart(6))
    .join(' ');
}
