// The layout of the event table and the list of errors exist once, in Rust. JavaScript learns them from the host that
// it loads.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';

import { ADDON } from './addon.mjs';

const require = createRequire(import.meta.url);
const root = path.resolve(import.meta.dirname, '../..');
const addon = require(ADDON);
const wasm = require('@framewright/wasm');
const { layout, errors } = JSON.parse(addon.contract());
const { createError } = require('../../npm/framewright/lib/errors.js');

/** The files that stand at the border. Elsewhere, TEXT may be an opcode. */
const BORDER = [
  'npm/wasm/index.js',
  'npm/framewright/lib/errors.js',
  ...['backend', 'deflate', 'receive'].flatMap((wing) =>
    filesIn(`npm/framewright/lib/${wing}`)
  )
];

test('both hosts say the same', () => {
  assert.equal(wasm.contract(), addon.contract());
  assert.equal(addon.table.byteLength, layout.TABLE_WORDS * 4);
  assert.equal(wasm.table.byteLength, layout.TABLE_WORDS * 4);
});

test('the contract has every constant of the layout', () => {
  const source = read('crates/host/src/layout.rs');
  const names = [...source.matchAll(/^ {4}([A-Z_]+): \w+ = /gm)];

  assert.ok(names.length > 20);
  assert.deepEqual(
    names.map(([, name]) => name),
    Object.keys(layout)
  );
});

test('no JavaScript gives a word, a kind or a flag a number of its own', () => {
  const names = Object.keys(layout).join('|');
  const defined = new RegExp(String.raw`\b(?:${names})\s*[:=]\s*[-\d(]`, 'g');

  assert.ok('const EVENTS_AT = 36;'.match(defined));
  assert.ok('{ PING: 9 }'.match(defined));
  for (const file of BORDER) {
    assert.deepEqual(read(file).match(defined) ?? [], [], file);
  }
});

test('no JavaScript looks for a word of the table at a number', () => {
  const looked = /\b(?:table|words)\[\s*(?:\w+ \+ )?\d/g;

  assert.ok('table[0]'.match(looked));
  assert.ok('table[at + 2]'.match(looked));
  for (const file of BORDER) {
    assert.deepEqual(read(file).match(looked) ?? [], [], file);
  }
});

test('no JavaScript decides on a close code', () => {
  const codes = new Set(errors.map(({ closeCode }) => closeCode));
  const literal = /(?<![\d.])10(?:0[0-9]|1[0-5])\b(?!\s*\*)/g;

  assert.deepEqual([...codes].sort(), [1002, 1007, 1008, 1009, 1011]);
  for (const file of ['npm/wasm/index.js', ...filesIn('npm/framewright/lib')]) {
    // The one list of those that no error has.
    if (file.endsWith('/close-codes.js')) continue;

    const found = withoutComments(read(file)).match(literal) ?? [];
    // Milliseconds in a second.
    assert.deepEqual(
      found.filter((number) => number !== '1000'),
      [],
      file
    );
  }
});

test("every error of the codec is one of ws's or framewright's own", () => {
  const source = read('crates/codec/src/error.rs');
  const [, variants] = source.match(/pub enum ProtocolError \{(.*?)\n\}/s);
  const names = [...variants.matchAll(/^ {4}([A-Z]\w+)/gm)].map(([, n]) => n);

  assert.ok(names.length >= 13);
  for (const name of names) {
    assert.ok(
      errors.some((error) => error.name === name),
      name
    );
  }

  for (const [number, { name, closeCode }] of errors.entries()) {
    const kStatusCode = Symbol('status-code');
    const error = createError(number, 7, kStatusCode);

    assert.equal(error[kStatusCode], closeCode);
    assert.equal(
      error.code === 'ERR_FRAMEWRIGHT_INTERNAL',
      name === 'Internal',
      name
    );
    if (names.includes(name)) assert.match(error.code, /^WS_ERR_/);
  }

  assert.equal(createError(99).code, 'ERR_FRAMEWRIGHT_INTERNAL');
});

for (const [name, host] of Object.entries({ addon, wasm })) {
  test(`${name}: what is inflated is checked over fragments`, () => {
    const { ENDS_MESSAGE, IS_TEXT } = layout;
    const open = (options) =>
      host.openDecoder({
        isServer: true,
        permessageDeflate: true,
        skipUtf8Validation: false,
        ...options
      });
    const check = (id, text, flags) => {
      const outcome = host.checkInflated(id, Buffer.from(text), flags);
      return outcome < 0 ? errors[~outcome].name : outcome;
    };
    const LAST = IS_TEXT | ENDS_MESSAGE;

    let id = open();
    assert.equal(check(id, [0xe2, 0x82], IS_TEXT), 2);
    assert.equal(check(id, [0xac], LAST), 1);
    assert.equal(check(id, [0xff], ENDS_MESSAGE), 1);
    // So long that wasm takes it in pieces, with a character across two of them.
    const long = Buffer.alloc(64 * 1024 - 1, 'a');
    assert.equal(check(id, `${long}\u20ac${long}`, LAST), 128 * 1024 + 1);
    assert.equal(check(id, [...long, 0xe2], LAST), 'InvalidUtf8');

    // As ws does, at the message's end.
    id = open({ maxPayloadLen: 5 });
    assert.equal(check(id, [0xff], IS_TEXT), 1);
    assert.equal(check(id, 'abcd', IS_TEXT), 4);
    assert.equal(check(id, 'e', LAST), 'MessageTooBig');

    id = open({ maxPayloadLen: 5 });
    assert.equal(check(id, 'abcde', LAST), 5);
    assert.equal(check(id, '', LAST), 0);
    host.setMaxPayloadLen(id, 6);
    assert.equal(check(id, 'abcdef', LAST), 6);
    assert.equal(check(id, [0xff], LAST), 'InvalidUtf8');

    id = open({ skipUtf8Validation: true });
    assert.equal(check(id, [0xff], LAST), 1);
    assert.equal(check(1e6, 'a', LAST), 'Internal');
  });
}

function read(file) {
  return fs.readFileSync(path.join(root, file), 'utf8');
}

function filesIn(folder) {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => path.join(folder, name));
}

function withoutComments(source) {
  return source.replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, '');
}
