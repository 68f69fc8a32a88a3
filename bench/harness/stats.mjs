/**
 * @param {number[]} values At least one
 * @return {{ median: number, min: number, max: number }}
 */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2
      ? sorted[middle]
      : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/**
 * @param {number[]} values At least one
 * @return {[number, number, number]} The middle, and between what half of them are
 */
export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.floor(share * sorted.length)];
  return [spread(values).median, at(0.25), at(0.75)];
}

/**
 * How many times better one peer did than another, round by round: what slows
 * the machine down for a while slows both.
 *
 * @param {number[]} values One for each round
 * @param {number[]} base The other peer's, of the same rounds
 * @param {'more' | 'less'} better Which way is better
 * @return {{ median: number, min: number, max: number }}
 */
export function ratio(values, base, better) {
  return spread(
    values.map((value, round) =>
      better === 'more' ? value / base[round] : base[round] / value
    )
  );
}
