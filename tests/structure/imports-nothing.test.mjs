// The codec and the captures are free of I/O, clocks and randomness: as WebAssembly, with all their code, they import nothing.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { output } from '../../scripts/lib/run.mjs';

const TARGET = 'wasm32-unknown-unknown';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const libraries = output('rustc', [
  ...['--print', 'target-libdir', '--target', TARGET]
]);
const skip =
  (libraries === null || !existsSync(libraries)) && `there is no ${TARGET}`;

/** Of each crate, types that only its users use. */
const CRATES = [
  [
    'codec',
    ['Decoder', 'FrameHeader', 'Compressor', 'Decompressor', 'Handshake']
  ],
  ['capture', ['Importer', 'Capture', 'Query', 'Exporter']]
];

for (const [name, types] of CRATES) {
  it(`framewright-${name}`, { skip }, () => {
    const file = build(name);
    const module = new WebAssembly.Module(readFileSync(file));
    assert.deepEqual(WebAssembly.Module.imports(module), []);

    // The code was there: unused functions weren't left out.
    const [section] = WebAssembly.Module.customSections(module, 'name');
    const names = Buffer.from(section).toString('latin1');
    for (const type of types) assert.ok(names.includes(type), type);
  });
}

/** Builds a crate as a module, unused code and all; returns its file. */
function build(name) {
  const { status, stderr } = spawnSync('cargo', [
    ...['rustc', '--quiet', '--locked', '-p', `framewright-${name}`, '--lib'],
    ...['--target', TARGET, '--crate-type', 'cdylib', '--'],
    ...['-C', 'link-dead-code', '-C', 'link-arg=--no-gc-sections'],
    ...['-C', 'link-arg=--export-all']
  ]);
  assert.equal(status, 0, String(stderr));

  return path.join(
    process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'),
    ...[TARGET, 'debug', `framewright_${name}.wasm`]
  );
}
