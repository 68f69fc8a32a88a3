// Runs an oracle on all cores.

import os from 'node:os';
import { Worker } from 'node:worker_threads';

import { Report } from './report.mjs';

const WORKER = new URL('worker.mjs', import.meta.url);

/**
 * @param {object} job
 * @param {'receiver' | 'sender' | 'frame'} job.kind
 * @param {string} job.version Of ws
 * @param {number} job.seed The first case's
 * @param {number} job.streams How many cases
 * @param {'framewright' | 'stock'} [job.against]
 * @param {'native' | 'wasm'} [job.backend] What the codec runs on; the best there is if left out
 * @param {number} [job.workers]
 * @param {(streams: number) => void} [onProgress] Called with how many cases more are done
 * @returns {Promise<{ report: Report, counters: object | null }>}
 */
export async function runOracle(job, onProgress = () => {}) {
  const { kind, version, seed, streams, against = 'framewright' } = job;
  const env = { ...process.env };
  if (job.backend) env.FRAMEWRIGHT = job.backend;
  const workers = Math.min(
    job.workers ?? os.availableParallelism(),
    Math.ceil(streams / 1000)
  );
  const share = Math.ceil(streams / workers);
  const report = new Report();
  let counters = null;
  const runs = [];
  for (let first = 0; first < streams; first += share) {
    const workerData = {
      kind,
      version,
      against,
      seed: seed + first,
      streams: Math.min(share, streams - first)
    };
    runs.push(
      runWorker({ workerData, env }, (message) => {
        if (message.streams) onProgress(message.streams);
        if (message.report) report.add(message.report);
        if (message.counters) counters = addUp(counters, message.counters);
      })
    );
  }
  await Promise.all(runs);
  return { report, counters };
}

function runWorker(options, onMessage) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, {
      ...options,
      // Nearly all memory is short-lived: with room for it, collecting it costs half as much.
      resourceLimits: { maxYoungGenerationSizeMb: 192 }
    });
    worker.on('message', onMessage);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the worker exited with ${code}`));
    });
  });
}

function addUp(sums, counts) {
  const result = { ...sums };
  for (const name in counts) result[name] = (result[name] ?? 0) + counts[name];
  return result;
}
