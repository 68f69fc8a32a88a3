// `npm start`: builds what is missing, then runs the auction.
//
//   npm start                        on http://localhost:3000, its frames where it says
//   npm start -- --port 8080         with other options of the example
//   npm start -- --stock             on stock ws, with nothing to build
import { join } from 'node:path';

import { install } from './lib/install.mjs';
import { root, run } from './lib/run.mjs';

const options = process.argv.slice(2);
const isHelp = options.includes('--help');

if (!isHelp) install();
if (!isHelp && !options.includes('--stock')) {
  run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
}

// In this process, so that signals and exit codes are the example's own. It
// reads its options from the same command line.
await import('../examples/koa-auction/server.mjs');
