import { NUMBERS, flags, headerLen } from '../model/rows.js';
import { turn } from './turn.js';

/** Rows read before other calls get their turn. */
const SLICE = 20_000;

/** By column: what of a row's numbers it is sorted by. */
const KEYS = {
  time: (row) => row[5],
  local: (row) => row[8],
  utc: (row) => row[8],
  delta: (row, above) => (above ? row[5] - above[5] : NaN),
  conn: (row) => row[1],
  from: (row) => row[2],
  opcode: (row) => (row[3] >> 8) & 0xf,
  flags: (row) => flags(row[3]),
  wire: (row) => row[4] + headerLen(row[3]),
  len: (row) => row[4],
  inflated: (row) => row[9],
  severity: (row) => row[6]
};

/**
 * The numbers of an engine's rows in the order of a column; those without a
 * value come last. Null where `isStale()` says so before it is done.
 *
 * @returns {Promise<Uint32Array | null>}
 */
export async function sorted(engine, count, { column, isDescending }, isStale) {
  const keys = new Float64Array(count);
  let above = null;
  for (let start = 0; start < count; start += SLICE) {
    const table = engine.numbers(start, Math.min(SLICE, count - start));
    for (let at = 0; at < table.length; at += NUMBERS) {
      const row = table.subarray(at, at + NUMBERS);
      keys[start + at / NUMBERS] = KEYS[column](row, above);
      above = row;
    }
    await turn();
    if (isStale()) return null;
  }
  const sign = isDescending ? -1 : 1;
  return Uint32Array.from(keys.keys()).sort((a, b) => {
    const [one, other] = [keys[a], keys[b]];
    if (one === other) return 0;
    if (Number.isNaN(one)) return Number.isNaN(other) ? 0 : 1;
    if (Number.isNaN(other)) return -1;
    return one < other ? -sign : sign;
  });
}
