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
