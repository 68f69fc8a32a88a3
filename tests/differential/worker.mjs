import { parentPort, workerData } from 'node:worker_threads';

import { counters, loadTwins } from '../lib/ws-copies.mjs';

import { Report } from './report.mjs';

const ORACLES = {
  receiver: async () =>
    (await import('./receiver/oracle.mjs')).compareReceivers,
  sender: async () => (await import('./sender/oracle.mjs')).compareSenders,
  frame: async () => (await import('./frame-oracle.mjs')).compareFrames
};
/** Cases at once: where one has to be waited for, many wait together. */
const BATCH = { receiver: 128, sender: 1024, frame: 1024 };

const { kind, version, against, seed, streams } = workerData;
const compare = await ORACLES[kind]();
const twins = loadTwins(version, against);
const report = new Report();

while (report.streams < streams) {
  const first = seed + report.streams;
  const count = Math.min(BATCH[kind], streams - report.streams);
  const seeds = Array.from({ length: count }, (_, i) => first + i);
  await compare(twins, seeds, report);
  report.streams += count;
  parentPort.postMessage({ streams: count });
}

parentPort.postMessage({
  report: { ...report },
  counters: against === 'stock' ? null : counters()
});
