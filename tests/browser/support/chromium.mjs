import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

/**
 * Makes sure that there is a Chromium, by installing Debian's where that is
 * possible.
 *
 * @returns {string | null} why there is none, or null
 */
export function missingChromium() {
  if (existsSync(EXECUTABLE)) return null;
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) {
    return `no ${EXECUTABLE}, and no apt-get to install it with`;
  }
  if (process.getuid() !== 0) {
    return `no ${EXECUTABLE}; install it with: sudo apt-get install chromium`;
  }
  console.log('Installing chromium by apt-get, for the browser tests…');
  for (const args of [['update'], ['install', '-y', 'chromium']]) {
    const { status, stderr } = spawnSync('apt-get', ['-qq', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8'
    });
    if (status !== 0) {
      const lastLine = stderr.trim().split('\n').at(-1);
      return `apt-get ${args.join(' ')} failed: ${lastLine}`;
    }
  }
  return existsSync(EXECUTABLE) ? null : `apt-get brought no ${EXECUTABLE}`;
}

/**
 * @param {string[]} [args] more of its arguments
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launchChromium(args = []) {
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [...ARGS, ...args]
  });
}
