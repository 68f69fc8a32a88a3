// Regular expressions in the browser's build, where they are JavaScript's: they
// must find the bytes that the native build finds.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const WASM = new URL('../../npm/inspector/wasm/', import.meta.url);
const module = fileURLToPath(new URL('engine_bg.wasm', WASM));
const skip = existsSync(module)
  ? false
  : 'the inspector is not built: npm run build -w @framewright/inspector';

const TEXTS = ['grün', 'Hello\nworld', 'à la carte', 'xaxax', ''];

function frame(text) {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = [0x81, length];
  if (length > 125) head.splice(1, 1, 126, length >> 8, length & 255);
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Whole numbers below a limit, the same ones each time. */
function randomNumbers(seed) {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

function randomText(random, length) {
  const letters = 'abcx19 \n\r.{';
  let text = '';
  while (text.length < length) text += letters[random(letters.length)];
  return text;
}

function randomRegex(random) {
  const atoms = [
    ...['a', 'b', '1', 'x\\b', '.', '\\d', '\\s', '\\S', '[^a\\n]', '[b-x]'],
    ...['(?:ab|c)', '(a)\\1', '(?=c)', '(?!b)', '(?<=a)', '(?<!x)', '^', '$']
  ];
  const counts = ['', '', '', '?', '*', '+?', '{2}'];
  let pattern = '';
  for (let left = 1 + random(5); left > 0; left--) {
    const atom = atoms[random(atoms.length)];
    const isQuantifiable = !/^([\^$]|\(\?[<=!])/.test(atom) && !/b$/.test(atom);
    pattern += atom;
    if (isQuantifiable) pattern += counts[random(counts.length)];
  }
  const flags = ['i', 's', 'm'].filter(() => random(2) === 1).join('');
  return [pattern, flags];
}

describe('regular expressions of the host', { skip }, async () => {
  const { default: init, Engine } = skip
    ? {}
    : await import(new URL('engine.js', WASM));
  if (!skip) await init({ module_or_path: readFileSync(module) });

  const capture = () => {
    const engine = new Engine(Infinity, false);
    engine.import(Buffer.concat(TEXTS.map(frame)));
    engine.finishImport();
    return engine;
  };

  /** The texts that match a query. */
  const found = (query) => {
    const engine = capture();
    engine.setFilter(-1, query);
    while (!engine.scan(1000));
    const rows = TEXTS.map((text, id) => (engine.rowOf(id) >= 0 ? text : null));
    engine.free();
    return rows.filter((text) => text !== null);
  };

  const cases = {
    '/gr..n/': ['grün'],
    '/ü/': ['grün'],
    '/\\xc3\\xbc/': ['grün'],
    '/^[\\x80-\\xff]/': ['à la carte'],
    '/HELLO/': [],
    '/HELLO/i': ['Hello\nworld'],
    '/o.w/': [],
    '/o.w/s': ['Hello\nworld'],
    '/^world/': [],
    '/^world/m': ['Hello\nworld'],
    // The à ends in the byte of a no-break space.
    '/\\xc3\\s/': [],
    '/\\xc3\\S/': ['grün', 'à la carte'],
    '/^$/': [''],
    '!/./': ['']
  };

  for (const [query, texts] of Object.entries(cases)) {
    it(query.replace('\n', ' '), () => assert.deepEqual(found(query), texts));
  }

  it('find in many frames at once what they find in each alone', () => {
    const random = randomNumbers(20);
    const texts = Array.from({ length: 8000 }, (_, index) =>
      index % 200 === 0
        ? randomText(random, 1000)
        : randomText(random, random(90))
    );
    const engine = new Engine(Infinity, false);
    engine.import(Buffer.concat(texts.map(frame)));
    engine.finishImport();
    let found = 0;
    for (let round = 0; round < 60; round++) {
      const [pattern, flags] = randomRegex(random);
      // One character a byte, as a reference has it that knows ASCII only.
      const regex = new RegExp(pattern, flags);
      const expected = texts.flatMap((text, id) =>
        regex.test(text) ? [id] : []
      );
      engine.setFilter(-1, `/${pattern}/${flags}`);
      while (!engine.scan(3000));
      const rows = engine.totals()[10];
      assert.equal(rows, expected.length, `/${pattern}/${flags}`);
      for (const [row, id] of expected.entries())
        assert.equal(engine.rowOf(id), row, `/${pattern}/${flags}`);
      found += rows;
    }
    engine.free();
    assert.ok(found > 1000);
  });

  it('says what is wrong with one', () => {
    const engine = capture();
    assert.throws(
      () => engine.setFilter(-1, '/(/'),
      ({ message }) => /^this regex is wrong: \w+/.test(message)
    );
    engine.free();
  });

  it('takes every match out of an export, and nothing else', () => {
    const engine = capture();
    engine.beginExport('hex', false, false, false, [], ['a(?=x)', 'ü', 'q*']);
    const parts = [];
    for (let part; (part = engine.exportStep());) parts.push(part);
    engine.free();

    const redacted = new Engine(Infinity, false);
    redacted.import(Buffer.concat(parts));
    redacted.finishImport();
    const texts = TEXTS.map((_, id) => {
      const { payloadLen, headerLen } = redacted.frame(id);
      const bytes = redacted.bytes(id, headerLen, headerLen + payloadLen, true);
      return Buffer.from(bytes).toString();
    });
    redacted.free();
    assert.deepEqual(texts, [
      'grxxn',
      'Hello\nworld',
      'à la carte',
      'xxxxx',
      ''
    ]);
  });
});
