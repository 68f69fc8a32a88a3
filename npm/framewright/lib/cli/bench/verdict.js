'use strict';

/** A machine on which ratios typically vary by more is busy. */
const BUSY_SPREAD = 0.15;

/** Ratios closer to 1 than this are noise, whatever the rounds say. */
const TOLERANCE = 0.05;

/**
 * What a cell's ratios say. All rounds have to agree: where some were faster and
 * some slower, the difference is less than the noise.
 *
 * @param {Object} cell `ratio`, `ratioMin` and `ratioMax`
 * @return {('faster'|'same'|'slower')} How framewright compares
 */
function verdictOf({ ratio, ratioMax, ratioMin }) {
  if (Math.abs(ratio - 1) <= TOLERANCE) return 'same';
  if (ratioMin > 1) return 'faster';
  return ratioMax < 1 ? 'slower' : 'same';
}

/**
 * All results, in a sentence or two.
 *
 * @param {Object[]} cells The cells, each with its `kind`, its `verdict` and
 *     its `spread`, the share by which its ratios typically differ
 * @return {String} The sentences
 */
function summaryOf(cells) {
  const parts = cells.map((cell) => `${cell.kind}: ${inWords(cell)}`);
  const spread = Math.max(...cells.map(({ spread }) => spread));
  const text = `${parts.join('; ')}.`;
  const summary = text[0].toUpperCase() + text.slice(1);

  return spread > BUSY_SPREAD
    ? `${summary} The machine was busy, ratios vary by ±${percent(spread)}: ` +
        'more seconds say more.'
    : `${summary} Ratios vary by ±${percent(spread)}.`;
}

function inWords({ isAtLeast, ratio, verdict }) {
  if (verdict === 'same') return 'the same';
  if (verdict === 'slower') return `slower, ${percent(ratio)} of the speed`;

  const times =
    ratio < 10 ? Number(ratio.toFixed(1)) : Math.round(ratio).toString();

  return `${isAtLeast ? 'at least ' : ''}${times} times as fast`;
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}

module.exports = { summaryOf, verdictOf };
