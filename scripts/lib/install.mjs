// Installs the npm packages where that wasn't done since the lock file changed.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { root, run, say } from './run.mjs';

export function install() {
  const done = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');

  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) {
    return;
  }

  say('installing npm packages');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}
