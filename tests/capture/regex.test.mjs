// Regular expressions in the browser's build, where they are JavaScript's: they
// must find the octets that the native build finds.
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
  return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
}

describe('regular expressions of the host', { skip }, async () => {
  const { default: init, Engine } = skip
    ? {}
    : await import(new URL('engine.js', WASM));
  if (!skip) await init({ module_or_path: readFileSync(module) });

  const capture = () => {
    const engine = new Engine(Infinity);
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
    // The à ends in the octet of a no-break space.
    '/\\xc3\\s/': [],
    '/\\xc3\\S/': ['grün', 'à la carte'],
    '/^$/': [''],
    '!/./': ['']
  };

  for (const [query, texts] of Object.entries(cases)) {
    it(query.replace('\n', ' '), () => assert.deepEqual(found(query), texts));
  }

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

    const redacted = new Engine(Infinity);
    redacted.import(Buffer.concat(parts));
    redacted.finishImport();
    const texts = TEXTS.map((_, id) => {
      const { payloadLen, headerLen } = redacted.frame(id);
      const octets = redacted.octets(
        id,
        headerLen,
        headerLen + payloadLen,
        true
      );
      return Buffer.from(octets).toString();
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
