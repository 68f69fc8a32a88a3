// Random bytes and UTF-16 units, made once.

import { Random } from './random.mjs';

const LEN = 1 << 17;

const UNITS = [
  [6, [0x20, 0x7e]],
  [1, [0x80, 0x7ff]],
  [1, [0xd800, 0xdbff]],
  [1, [0xdc00, 0xdfff]],
  [1, [0xe000, 0xffff]]
];

const bytes = new Random(1).bytes(LEN);
const units = makeUnits();

/** Random bytes; a view of memory that others see too. */
export function someBytes(random, len) {
  const at = random.below(LEN - len);
  return bytes.subarray(at, at + len);
}

/** Random UTF-16, with surrogates that have no partner. */
export function someUtf16(random, len) {
  const at = random.below(LEN - len);
  return units.slice(at, at + len);
}

function makeUnits() {
  const random = new Random(2);
  let text = '';
  for (let i = 0; i < LEN; i++) {
    const [min, max] = random.weighted(UNITS);
    text += String.fromCharCode(random.between(min, max));
  }
  return text;
}
