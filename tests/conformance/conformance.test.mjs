// Every case, as server and as client, on both backends and on stock ws, which may differ only where that is listed.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { AUTOBAHN } from './autobahn.mjs';
import { CASES } from './cases.mjs';

const RUN = new URL('run.mjs', import.meta.url);
const require = createRequire(import.meta.resolve('framewright'));
const hasWasm = (() => {
  try {
    return Boolean(require('@framewright/wasm'));
  } catch {
    return false;
  }
})();

for (const backend of ['native', 'wasm']) {
  const skip = backend === 'wasm' && !hasWasm && 'it is not built';

  test(`conformance on the ${backend} backend`, { skip }, async () => {
    const { count, failures, frames } = await run('framewright', backend);
    assert.deepEqual(failures, []);
    assert.ok(count > CASES.length);
    assert.ok(frames > count, 'it was not the codec that was tested');
  });
}

test('stock ws differs where that is meant, and nowhere else', async () => {
  const { failures } = await run('stock', 'off');
  assert.deepEqual(
    failures.filter(({ meant }) => !meant),
    []
  );
  const listed = CASES.filter(({ stock }) => stock);
  const names = new Set(failures.map(({ name }) => name.replace(/^\w+, /, '')));
  assert.equal(names.size, listed.length, 'all that is listed does differ');
});

for (const { cases, ours } of AUTOBAHN) {
  test(`Autobahn's cases ${cases}`, () => {
    for (const name of ours) {
      assert.ok(
        CASES.some((kase) => name.test(kase.name)),
        `no case like ${name}`
      );
    }
  });
}

async function run(against, backend) {
  const child = fork(RUN, [against], {
    env: { ...process.env, FRAMEWRIGHT: backend }
  });
  const [result] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the run ended with ${code}`);
    })
  ]);
  return result;
}
