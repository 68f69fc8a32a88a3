import { fileURLToPath } from 'node:url';

import { AppProcess } from './app-process.mjs';

const fileOf = (name) =>
  fileURLToPath(
    new URL(`../../../examples/${name}/server.mjs`, import.meta.url)
  );

export const AUCTION = fileOf('koa-auction');
export const LOGBOOK = fileOf('koa-upgrade');

/** The auction loads framewright by itself, or doesn't when told so. */
export const AUCTION_MODES = [
  { name: 'stock', nodeArgs: [], args: ['--stock'], isAccelerated: false },
  { name: 'accelerated', nodeArgs: [], args: [], isAccelerated: true }
];

/**
 * Runs an example's server, on a free port unless `args` say otherwise.
 *
 * @param {string} file `AUCTION` or `LOGBOOK`
 * @param {string[]} [args]
 * @returns {Promise<{ app: AppProcess, greeting: string, url: string }>}
 */
export async function startExample(file, args = []) {
  const app = new AppProcess(file, {
    args: ['--host', '127.0.0.1', '--port', '0', ...args]
  });
  const greeting = await app.printed();
  return { app, greeting, url: /https?:\S+/.exec(greeting)[0] };
}
