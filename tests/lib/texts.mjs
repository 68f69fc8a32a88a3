// Valid and invalid UTF-8 to build messages from.

import { Random } from './random.mjs';

/** Bytes that no UTF-8 text holds, one of each kind. */
export const BAD_UTF8 = [
  ['80', 'continuation byte alone'],
  ['bf', 'last continuation byte alone'],
  ['c0 80', 'overlong NUL'],
  ['c1 bf', 'overlong, two bytes'],
  ['c2 41', 'lead of two, then ASCII'],
  ['c3 c3', 'two leads'],
  ['e0 80 80', 'overlong, three bytes'],
  ['e0 9f bf', 'last overlong of three bytes'],
  ['e2 28 a1', 'bad second of three'],
  ['e2 82 28', 'bad third of three'],
  ['ed a0 80', 'first surrogate'],
  ['ed bf bf', 'last surrogate'],
  ['ed a0 bd ed b8 80', 'surrogate pair (CESU-8)'],
  ['f0 80 80 80', 'overlong, four bytes'],
  ['f0 8f bf bf', 'last overlong of four bytes'],
  ['f0 28 8c bc', 'bad second of four'],
  ['f0 90 28 bc', 'bad third of four'],
  ['f0 90 8c 28', 'bad fourth of four'],
  ['f4 90 80 80', 'above U+10FFFF'],
  ['f5 80 80 80', 'lead above F4'],
  ['f8 88 80 80 80', 'lead of five'],
  ['fc 84 80 80 80 80', 'lead of six'],
  ['fe', 'FE'],
  ['ff', 'FF']
].map(([hex, what]) => ({
  bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex'),
  what
}));

/** Bytes that a text may hold, but not end with. */
export const OPEN_UTF8 = ['c2', 'e2', 'e2 82', 'f0', 'f0 9f', 'f0 9f 98'].map(
  (hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
);

const RANGES = [
  [8, [0x20, 0x7e]],
  [1, [0x00, 0x7f]],
  [2, [0x80, 0x7ff]],
  [2, [0x800, 0xd7ff]],
  [1, [0xe000, 0xffff]],
  [2, [0x10000, 0x10ffff]]
];

const samples = makeSamples();

/** A valid text of about `len` bytes, or somewhat more. */
export function someText(random, len) {
  if (len === 0) return samples[0];
  if (len <= 2048) {
    // Samples are sorted by length.
    let at = Math.min(samples.length - 1, Math.ceil(len / 2));
    at = Math.max(0, at - random.below(3));
    return samples[at];
  }
  const parts = [];
  let rest = len;
  while (rest > 0) {
    const part = samples[random.between(512, samples.length - 1)];
    parts.push(part);
    rest -= part.length;
  }
  return Buffer.concat(parts);
}

/** `text` with bad bytes put in at a code point boundary, or open ones at its end. */
export function spoilText(random, text) {
  if (random.chance(0.2)) {
    return Buffer.concat([text, random.pick(OPEN_UTF8)]);
  }
  let at = random.below(text.length + 1);
  while (at < text.length && (text[at] & 0xc0) === 0x80) at++;
  const bad = random.pick(BAD_UTF8).bytes;
  return Buffer.concat([text.subarray(0, at), bad, text.subarray(at)]);
}

function makeSamples() {
  const random = new Random(6455);
  const list = [Buffer.alloc(0)];
  for (let len = 2; len <= 2048; len += 2) {
    let text = '';
    let bytes = 0;
    const ascii = random.chance(0.3);
    while (bytes < len) {
      const [min, max] = ascii ? [0x20, 0x7e] : random.weighted(RANGES);
      const char = String.fromCodePoint(random.between(min, max));
      text += char;
      bytes += Buffer.byteLength(char);
    }
    list.push(Buffer.from(text));
  }
  return list;
}
