// `npm run soak`: mixed traffic over good and bad connections for long, every byte checked, memory watched.
//
//   npm run soak                    half an hour
//   npm run soak -- --minutes 5
//   npm run soak -- --backend wasm
import { parseArgs } from 'node:util';

import { Churn } from './churn.mjs';

const MIB = 1024 * 1024;
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    backend: { type: 'string', default: 'native' },
    version: { type: 'string', default: '8.23' },
    seed: { type: 'string', default: '1' }
  }
});
const minutes = Number(values.minutes);
const end = Date.now() + minutes * 60_000;
const goesOn = () => Date.now() < end;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const churn = await Churn.start({ ...values, seed: Number(values.seed) });
const samples = [];

const steady = Array.from({ length: 16 }, (_, i) =>
  churn.converse(i % 2 === 0, goesOn, () => pause(churn.random.below(60)))
);
const churning = Array.from({ length: 6 }, async () => {
  while (goesOn()) {
    await churn.connectOnce();
    await pause(churn.random.below(150));
  }
});
const watching = (async () => {
  let said = 0;
  while (goesOn()) {
    await pause(Math.min(5000, end - Date.now()));
    samples.push((await churn.state()).rss / MIB);
    if (Date.now() - said > 60_000) {
      said = Date.now();
      report();
    }
  }
})();

await Promise.all([...steady, ...churning, watching]);
const { decoders, thrown, uncaught } = await churn.settled();
await churn.stop();
report();

// The first fifth warms up; after it, memory stays where it is.
const warm = samples.slice(Math.floor(samples.length / 5));
const third = Math.ceil(warm.length / 3);
const [before, after] = [warm.slice(0, third), warm.slice(-third)].map(median);
const faults = [
  decoders > 0 && `${decoders} decoders are left`,
  uncaught.length > 0 && `uncaught: ${uncaught[0]}`,
  churn.figures.losses > 0 && 'messages are lost',
  after > before * 1.1 + 8 && `memory grew from ${before} to ${after} MiB`
].filter(Boolean);

console.log(`${thrown} times a handler threw`);
console.log(
  `RSS: ${before.toFixed(1)} MiB after warming up, ${after.toFixed(1)} MiB at the end`
);
for (const fault of faults) console.error(`✗ ${fault}`);
if (faults.length === 0) console.log('✓ nothing lost, nothing grown');
process.exitCode = faults.length === 0 ? 0 : 1;

function report() {
  const { messages, bytes, connections, losses, faults } = churn.figures;
  const minute = (minutes - (end - Date.now()) / 60_000).toFixed(1);
  console.log(
    `${minute} min: ${messages} messages, ${bytes} bytes, ${connections} connections, ${losses} lost, ` +
      `RSS ${samples.at(-1)?.toFixed(1)} MiB, faults ${JSON.stringify(faults)}`
  );
}

function median(list) {
  return [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;
}
