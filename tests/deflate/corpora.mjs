// Messages to compress: what applications send, the same in every run.

import { Random } from '../lib/random.mjs';

const vocabulary = makeVocabulary();

function makeVocabulary() {
  const random = new Random(1951);
  const letters = 'etaoinshrdlucmfwypvbgkjqxz';
  return Array.from({ length: 2000 }, () => {
    let word = '';
    for (let len = random.between(2, 9); len > 0; len--) {
      word += letters[Math.min(random.below(26), random.below(26))];
    }
    return word;
  });
}

/** Words, some far more frequent than others. */
export function words(random, count) {
  const list = Array.from(
    { length: count },
    () => vocabulary[random.below(random.between(1, vocabulary.length))]
  );
  return list.join(' ');
}

const record = (random) => ({
  type: random.pick(['create', 'update', 'delete']),
  id: random.bytes(12).toString('hex'),
  sentAt: 1700000000000 + random.below(1e9),
  user: { name: words(random, 2), roles: ['admin', 'editor', 'viewer'] },
  payload: {
    title: words(random, 6),
    body: words(random, 100),
    price: random.below(100000) / 100,
    tags: [words(random, 1), words(random, 1)]
  }
});

const trade = (random) => ({
  e: 'trade',
  E: 1700000000000 + random.below(1e9),
  s: random.pick(['BTCUSDT', 'ETHUSDT', 'SOLUSDT']),
  p: (random.below(5e9) / 1e5).toFixed(8),
  q: (random.below(1e9) / 1e9).toFixed(8),
  m: random.chance(0.5)
});

const make = (seed, count, one) => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => Buffer.from(one(random)));
};

export const corpora = {
  '1 KB JSON': make(1, 200, (random) => JSON.stringify(record(random))),
  'short JSON': make(2, 500, (random) => JSON.stringify(trade(random))),
  chat: make(3, 300, (random) => words(random, random.between(2, 30))),
  '64 KiB JSON': make(4, 6, (random) =>
    JSON.stringify(Array.from({ length: 75 }, () => record(random)))
  )
};
