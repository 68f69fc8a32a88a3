// Shows which of ws's own tests fail.
//
//   node tests/upstream/run.mjs native               on framewright; or `wasm`, or `stock`
//   node tests/upstream/run.mjs native 8.23 Sender   on that ws, only tests with that in their name

import { NEWEST } from '../lib/ws-copies.mjs';
import { exceptionsOf } from './exceptions.mjs';
import { runSuite } from './suite.mjs';

const [backend = 'native', version = NEWEST, only] = process.argv.slice(2);
const { tests, status, copy } = await runSuite(version, backend, only);
const meant = new Set(exceptionsOf(backend));
let failed = 0;

for (const [name, reason] of tests) {
  if (reason === null) continue;
  failed++;
  console.log(`${meant.has(name) ? 'meant  ' : 'failed '} ${name}`);
  console.log(`        ${reason.replaceAll(/\s*\n\s*/g, ' | ')}`);
}

console.log(
  `${tests.size - failed} of ${tests.size} pass on ws ${version}, ${backend}`
);
if (status) {
  console.log(copy, status.counters);
}
