// Long runs of the differential tests, and replays of what they found. See --help.

import fs from 'node:fs';
import { parseArgs } from 'node:util';

import { NEWEST, VERSIONS, loadTwins } from '../lib/ws-copies.mjs';

import { runOracle } from './pool.mjs';
import { replay } from './receiver/oracle.mjs';

const HELP = `Usage: node tests/differential/run.mjs [options]

Feeds random streams, or random calls, to stock ws and to ws accelerated, and
reports whatever differs. Exits with 1 if anything does.

  --kind <kind>      receiver (default), sender, frame or all
  --ws <version>     a version of ws (default ${NEWEST}), or all of
                     ${VERSIONS.join(', ')}
  --streams <n>      how many cases of each kind and version (default 100000)
  --seed <n>         the first case's seed; later ones count on (default: the
                     time, and printed)
  --workers <n>      threads (default: one a core)
  --backend <name>   native or wasm (default: the best there is)
  --against stock    compare stock ws with itself, to try the harness
  --replay <file>    run one receiver case, given as the JSON that a report
                     prints ("-" for standard input)
  --help
`;

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'receiver' },
    ws: { type: 'string', default: NEWEST },
    streams: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now()) },
    workers: { type: 'string' },
    backend: { type: 'string' },
    against: { type: 'string', default: 'framewright' },
    replay: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
});

if (values.help) {
  process.stdout.write(HELP);
} else if (values.replay) {
  const file = values.replay === '-' ? 0 : values.replay;
  const twins = loadTwins(values.ws, values.against);
  console.log(await replay(twins, fs.readFileSync(file, 'utf8')));
} else {
  const kinds =
    values.kind === 'all' ? ['receiver', 'sender', 'frame'] : [values.kind];
  const versions = values.ws === 'all' ? VERSIONS : [values.ws];
  for (const version of versions) {
    for (const kind of kinds) await run(kind, version);
  }
}

async function run(kind, version) {
  const job = {
    kind,
    version,
    seed: Number(values.seed),
    streams: Number(values.streams),
    workers: values.workers && Number(values.workers),
    against: values.against,
    backend: values.backend
  };
  console.log(`ws ${version}, ${kind}: ${job.streams} cases, seed ${job.seed}`);
  const start = performance.now();
  let done = 0;
  const { report, counters } = await runOracle(job, (streams) => {
    done += streams;
    if (process.stderr.isTTY) process.stderr.write(`\r${done} `);
  });
  if (process.stderr.isTTY) process.stderr.write('\r');
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `  ${Math.round(job.streams / seconds)} cases/s in ${seconds.toFixed(1)} s`
  );
  console.log('  ', JSON.stringify(report.counts));
  if (counters) console.log('   codec:', JSON.stringify(counters));
  if (report.failed > 0) {
    console.log(report.explain(kind, version));
    process.exitCode = 1;
  } else {
    console.log('   no difference');
  }
}
