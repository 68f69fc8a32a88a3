// Sender.frame(), which others call to make frames in advance (engine.io does).

import { someBytes, someUtf16 } from '../lib/noise.mjs';
import { Random } from '../lib/random.mjs';

import { difference } from './difference.mjs';

/**
 * Compares `Sender.frame()` of two copies of ws on the cases of some seeds.
 *
 * @param {{ stock: object, ours: object }} twins
 * @param {number[]} seeds
 * @param {import('./report.mjs').Report} report Where the results go
 */
export async function compareFrames({ stock, ours }, seeds, report) {
  for (const seed of seeds) {
    const expected = frame(stock, seed);
    const actual = frame(ours, seed);
    report.count('events', `list of ${expected.list?.length}`);
    const found = difference([expected], [actual]);
    if (found) report.fail(seed, found);
  }
}

function frame({ Sender }, seed) {
  const random = new Random(seed, 7);
  const data = someData(random);
  const options = {
    fin: random.chance(0.5),
    mask: random.chance(0.6),
    opcode: random.pick([0, 1, 2, 8, 9, 10]),
    readOnly: random.chance(0.5),
    rsv1: random.chance(0.2)
  };
  const key = random.chance(0.2) ? [0, 0, 0, 0] : someBytes(random, 4);
  if (options.mask) {
    options.generateMask = (target) => target.set(key);
    if (random.chance(0.5)) options.maskBuffer = Buffer.alloc(4);
  }
  try {
    const list = Sender.frame(data, options);
    return { list, bytes: bytesOf(list), data };
  } catch (err) {
    return { class: err.constructor.name, message: err.message };
  }
}

/** A list's parts as they are sent: whether a part is text, and its bytes. */
function bytesOf(list) {
  return list.map((part) => [typeof part, Buffer.from(part)]);
}

function someData(random) {
  const len = random.weighted([
    [2, 0],
    [8, random.below(200)],
    [2, random.pick([125, 126, 127, 65535, 65536, 65537])]
  ]);
  return random.weighted([
    [4, () => Buffer.from(someBytes(random, len))],
    [4, () => someUtf16(random, len)],
    [0.1, () => undefined]
  ])();
}
