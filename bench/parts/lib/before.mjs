import { existsSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../../harness/options.mjs';

/**
 * A part that compares Framewright with itself in another checkout, built, in
 * place of stock ws: what a change costs. `framewright/broadcast` is compared
 * with `before/broadcast`, and so on.
 *
 * @param {object} part A part whose base is stock ws
 * @return {object} The part
 */
export function besideBefore(part) {
  return {
    ...part,
    base: 'before',
    ceiling: undefined,
    cells: (context) =>
      part.cells(context).flatMap((cell) =>
        part
          .peers(cell, context)
          .filter((peer) => peer.startsWith('framewright'))
          .map((peer) => pairOf(cell, peer))
      ),
    peers: ({ pair }) => pair
  };
}

/** A cell with only two peers, and without its targets: those are to stock ws. */
function pairOf(cell, peer) {
  const before = peer.replace('framewright', 'before');
  const compared = { base: [before], target: undefined };

  return {
    ...cell,
    ...compared,
    figures: cell.figures?.map((figure) => ({ ...figure, ...compared })),
    pair: [before, peer]
  };
}

/**
 * Names the checkout to all processes that are started from now on.
 *
 * @param {string} folder The checkout
 */
export function useBefore(folder) {
  const checkout = path.resolve(folder);
  if (!existsSync(path.join(checkout, 'node_modules', 'framewright'))) {
    throw new UsageError(`--before: not a built checkout: ${folder}`);
  }
  process.env.FRAMEWRIGHT_BENCH_BEFORE = checkout;
}
