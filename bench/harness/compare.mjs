import { ratio, spread } from './stats.mjs';

/**
 * The spread of each peer's figures, and their ratios to base and ceiling.
 *
 * @param {object} part See bench/parts
 * @param {object} figure What is compared; its `base` names peers, of which the
 *     best is taken, instead of the part's one
 * @param {Map<string, object[]>} samples Each peer's, one a round
 * @return {object} What the results hold of a cell
 */
export function compare(part, figure, samples) {
  const { base = [part.base], better, code } = figure;
  const values = (peer) =>
    samples.get(peer).map(({ value, values }) => values?.[code] ?? value);
  // Not every peer has every figure.
  samples = new Map([...samples].filter(([peer]) => values(peer)[0] != null));
  const best = bestOf(
    base.filter((peer) => samples.has(peer)),
    (peer) => spread(values(peer)).median,
    better
  );
  const ceiling = samples.has(part.ceiling) ? part.ceiling : undefined;
  const peers = {};
  for (const [peer, list] of samples) {
    const mine = values(peer);
    peers[peer] = {
      samples: mine,
      ...spread(mine),
      toBase: best && ratio(mine, values(best), better),
      toCeiling: ceiling && ratio(mine, values(ceiling), better),
      disturbed: Math.max(0, ...list.map(({ disturbed = 0 }) => disturbed)),
      notes: list.at(-1).notes
    };
  }
  return { base: best, ceiling, peers };
}

function bestOf(peers, median, better) {
  const sign = better === 'more' ? -1 : 1;
  return peers.toSorted((a, b) => sign * (median(a) - median(b)))[0];
}
