#!/usr/bin/env node
// `npm run bench`: measures, with the addon as it is released; the tests may have left a quicker build of it.
import { join } from 'node:path';

import { main } from '../bench/harness/main.mjs';
import { root, run } from './lib/run.mjs';

process.exitCode = await main(process.argv.slice(2), () => {
  run(process.execPath, [join(root, 'scripts', 'build.mjs'), '--addon']);
});
