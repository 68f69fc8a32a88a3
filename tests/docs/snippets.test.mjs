// The programs in the documentation run as they are printed, and do what their page says. Each runs in a folder where
// only the packages are that it imports; tests/packages/full/docs.mjs has them installed as the page says.

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';

import { blocks, page, pages } from './support/markdown.mjs';
import { alone, Program } from './support/program.mjs';
import { TRIALS } from './support/trials.mjs';

const LIMIT = { timeout: 60_000 };

it('every page with programs has trials', () => {
  const names = pages().filter(
    (name) =>
      // hub.test.mjs has that one.
      name !== 'docs/api/hub.md' &&
      /^(README|docs\/|npm\/)/.test(name) &&
      blocks(page(name), 'js').length > 0
  );
  assert.deepEqual(Object.keys(TRIALS).sort(), names.sort());
});

for (const [name, trials] of Object.entries(TRIALS)) {
  const programs = blocks(page(name), 'js');

  describe(name, () => {
    it('has a trial for each program', () => {
      assert.equal(programs.length, trials.length);
    });

    trials.forEach(({ files, needs, trial }, i) => {
      it(`program ${i + 1}`, LIMIT, async (t) => {
        const { env, skip } = (await needs?.(t)) ?? {};
        if (skip) return t.skip(skip);
        const file = alone(t, programs[i], i);
        await files?.(path.dirname(file));
        // The reader starts it so.
        const args = namesOurs(programs[i])
          ? []
          : ['--import', 'framewright/register'];
        await trial(new Program(t, file, { args, env }));
      });
    });
  });
}

/** Whether a program imports something of ours; else it is preloaded. */
function namesOurs(program) {
  return /'@?framewright/.test(program);
}
