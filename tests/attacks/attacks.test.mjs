// Every attack, on the oldest and the newest ws, on both backends. bench/RESULTS.md has the figures.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import { compress } from '../lib/compressed.mjs';
import { BINARY } from '../lib/frames.mjs';

import { ROWS, TARGETS, runRow, startTarget } from './run.mjs';

const require = createRequire(import.meta.resolve('framewright'));
const hasWasm = (() => {
  try {
    return Boolean(require('@framewright/wasm'));
  } catch {
    return false;
  }
})();

for (const { backend, version } of TARGETS) {
  const skip = backend === 'wasm' && !hasWasm && 'it is not built';

  describe(`ws ${version}, ${backend}`, { skip }, () => {
    let target;

    before(async () => {
      target = await startTarget({ backend, version });
    });
    after(() => target.attacked.stop());

    test('whose inflater is attacked', async () => {
      const { attacked } = target;
      const peer = await attacked.connect('deflate');
      const payload = compress(Buffer.from('compressed'));
      peer.send({ rsv: 4, opcode: BINARY, payload });
      await peer.received(1);
      assert.equal(
        await attacked.call('inflater', { id: peer.id }),
        backend === 'wasm' ? 'zlib' : 'codec'
      );
      await attacked.cleanUp();
    });

    for (const row of ROWS) {
      test(row.name, { timeout: 120_000 }, () => runRow(row, target));
    }
  });
}
