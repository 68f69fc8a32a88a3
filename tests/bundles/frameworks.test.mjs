// Servers that have ws in a bundle of their own: `framewright/register` finds it at the first connection.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LIMIT = { timeout: 120_000 };
const APPS = fileURLToPath(new URL('fixtures/', import.meta.url));

/** By app: where its copy of ws is, and how many messages each side gets. */
const FRAMEWORKS = {
  crossws: [/[\\/]crossws[\\/]dist[\\/]/, 1, 1],
  hocuspocus: [/[\\/]crossws[\\/]dist[\\/]/, 1, 1],
  vite: [/[\\/]vite[\\/]dist[\\/]/, 1, 2]
};

for (const [name, [place, served, received]] of Object.entries(FRAMEWORKS)) {
  test(name, LIMIT, async () => {
    const { stdout } = await run(
      process.execPath,
      ['--import', 'framewright/register', `${APPS}${name}.mjs`],
      { cwd: APPS }
    );
    const { copies, counters } = JSON.parse(stdout);
    const [copy, ...others] = copies.filter(({ path }) => path === null);
    assert.deepEqual(others, []);
    assert.equal(copy.accelerated, true, copy.reason);
    assert.match(copy.reason, /^found at its first connection in /);
    assert.match(copy.reason, place);
    assert.equal(counters.messages, served + received);
  });
}
