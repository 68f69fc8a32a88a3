// `node scripts/security.mjs`: runs the attacks, and writes their figures into bench/RESULTS.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { format } from 'prettier';

import { ROWS, TARGETS, runRow, startTarget } from '../tests/attacks/run.mjs';

import { root, say } from './lib/run.mjs';

const results = new Map(ROWS.map((row) => [row, []]));

for (const options of TARGETS) {
  say(`attacking ws ${options.version}, ${options.backend}`);
  const target = await startTarget(options);

  for (const row of ROWS) results.get(row).push(await runRow(row, target));
  await target.attacked.stop();
}

const file = join(root, 'bench', 'RESULTS.md');
const [before, rest] = readFileSync(file, 'utf8').split(
  /(?<=<!-- attacks:start -->\n)/
);
const after = rest.slice(rest.indexOf('<!-- attacks:end -->'));
const text = await format(`${before}\n${table()}\n\n${after}`, {
  parser: 'markdown',
  printWidth: 120
});

writeFileSync(file, text);

function table() {
  const head = [
    'attack',
    'outcome',
    ...TARGETS.map(({ backend, version }) => `${backend}, ws ${version}`)
  ];
  const rows = ROWS.map((row) => [
    row.name,
    row.expected,
    ...results
      .get(row)
      .map(
        ({ ms, mib }) =>
          `${Math.max(mib, 0).toFixed(1)} MiB, ${ms.toFixed(0)} ms`
      )
  ]);

  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
