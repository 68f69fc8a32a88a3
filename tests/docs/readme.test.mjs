// The README is short, and its commands exist; snippets.test.mjs runs its programs.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { run } from '../cli/command.mjs';

import { blocks, page } from './support/markdown.mjs';

const README = page('README.md');
const LIMIT = { timeout: 60_000 };

it('has 120 lines at most', () => {
  assert.ok(README.trimEnd().split('\n').length <= 120);
});

it('its commands exist, with these options', LIMIT, async () => {
  const lines = blocks(README, 'sh')
    .join('')
    .split('\n')
    .map((line) => /^npx framewright (\w+) (.*?) *(?:#.*)?$/.exec(line))
    .filter(Boolean);
  assert.deepEqual(
    lines.map(([, command]) => command),
    ['proxy', 'inspect', 'frames']
  );
  for (const [, command, args] of lines) {
    const { code, stdout } = await run([command, '--help']);
    assert.equal(code, 0);
    for (const [option] of args.matchAll(/--[a-z-]+/g)) {
      assert.ok(stdout.includes(option), `${command} ${option}`);
    }
  }
});

it("its Rust is in the crate's README, which cargo compiles", () => {
  const crate = blocks(page('crates/codec/README.md'), 'rust').join('');
  const lines = blocks(README, 'rust').join('').trimEnd().split('\n');
  assert.ok(lines.length > 1);
  for (const line of lines) {
    const [code] = line.split(' // ');
    assert.ok(crate.includes(code), code);
  }
});
