import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { AppProcess } from './app-process.mjs';

export const SERVER = fileURLToPath(
  new URL('../../../examples/koa-auction/server.mjs', import.meta.url)
);

/** The auction loads framewright by itself, or doesn't when told so. */
export const AUCTION_MODES = [
  { name: 'stock', nodeArgs: [], args: ['--stock'], isAccelerated: false },
  { name: 'accelerated', nodeArgs: [], args: [], isAccelerated: true }
];

/**
 * Runs the auction, on a free port unless `args` say otherwise.
 *
 * @param {object} mode one of `AUCTION_MODES`
 * @param {string[]} [args]
 * @returns {Promise<{ app: AppProcess, url: string, greeting: string }>}
 */
export async function startAuction(mode, args = []) {
  const app = new AppProcess(SERVER, {
    mode,
    args: ['--host', '127.0.0.1', '--port', '0', ...mode.args, ...args]
  });
  const [greeting] = await once(app.stdout, 'data');
  return { app, greeting, url: /http:\S+/.exec(greeting)[0] };
}
