// What is linked in, and nothing else, is in the notices, with its licence.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';

import { crates, notices } from '../../scripts/lib/notices.mjs';
import { ROOT } from './registry.mjs';

const INSPECTOR = path.join(
  ROOT,
  'npm',
  'inspector',
  'dist',
  'THIRD-PARTY-NOTICES.txt'
);

it('names the crates of the addon, not its own nor the tools', () => {
  const works = crates(['-p', 'framewright-node', '--target', 'all']);
  const names = works.map(({ name }) => name);

  for (const name of ['napi', 'zlib-rs', 'sha1', 'simdutf8']) {
    assert.ok(names.includes(name), name);
  }
  for (const name of ['framewright-codec', 'napi-derive', 'syn', 'serde']) {
    assert.ok(!names.includes(name), name);
  }
  for (const { name, text, version } of works) {
    assert.match(version, /^\d+\.\d+\.\d+/, name);
    assert.match(text, /permi|as-is|AS IS/i, name);
  }
});

it('writes them one after the other', () => {
  const text = notices([
    { name: 'b', version: '2.0.0', license: 'ISC', url: 'b:', text: 'B\n' },
    { name: 'a', version: '1.0.0', license: 'MIT', url: 'a:', text: '\nA' }
  ]);
  const [, a, b] = text.split(/\n\n-{80}\n\n/);

  assert.equal(a, 'a 1.0.0\nMIT\na:\n\nA');
  assert.equal(b, 'b 2.0.0\nISC\nb:\n\nB\n');
});

it("are in the inspector's build, for scripts and crates", (t) => {
  if (!existsSync(INSPECTOR)) return t.skip('there is no build');

  const text = readFileSync(INSPECTOR, 'utf8');

  for (const name of ['lit-html', 'cbor2', '@msgpack/msgpack', 'etherparse']) {
    assert.match(text, new RegExp(`^${name} \\d`, 'm'), name);
  }
  assert.doesNotMatch(text, /^(?:axe-core|esbuild|binaryen) \d/m);
});
