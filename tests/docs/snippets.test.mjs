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
      /^(README|docs\/|npm\/)/.test(name) && blocks(page(name), 'js').length > 0
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
        const had = (await needs?.(t, start)) ?? {};
        if (had.skip) return t.skip(had.skip);
        const file = alone(t, programs[i], i);
        await files?.(path.dirname(file));
        await trial(start(i, had.env, file), had);

        function start(n, env, at = alone(t, programs[n], n)) {
          // The reader starts it so.
          const args = namesOurs(programs[n])
            ? []
            : ['--import', 'framewright/register'];
          return new Program(t, at, { args, env });
        }
      });
    });
  });
}

/** Whether a program imports something of ours; else it is preloaded. */
function namesOurs(program) {
  return /'@?framewright/.test(program);
}
