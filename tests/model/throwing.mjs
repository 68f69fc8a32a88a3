// The sequences again, in a process of its own: our listeners throw, and the connections go on as stock ws's do
// whose listeners don't.

import assert from 'node:assert/strict';

import { loadTwins } from '../lib/ws-copies.mjs';

import { play } from './play.mjs';

const [version, sequences] = process.argv.slice(2);
const { stock, ours } = loadTwins(version);
let thrown = 0;

process.on('uncaughtException', (err) => {
  if (err.message !== 'meant') throw err;
  thrown++;
});

for (let seed = 1; seed <= Number(sequences); seed++) {
  const expected = await play(stock, seed);
  assert.deepEqual(await play(ours, seed, true), expected, `seed ${seed}`);
}
process.send({ thrown }, () => process.disconnect());
