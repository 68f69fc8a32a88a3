// What a heartbeat does to its process.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));

const run = (name) =>
  promisify(execFile)(process.execPath, [CHILD, name], { timeout: 60_000 });

it('keeps no process alive', () => run('idle'));

it('goes on when onDead throws, and lets it be heard', async () => {
  const { stdout } = await run('throws');
  assert.deepEqual(JSON.parse(stdout), {
    thrown: ['thrown 0', 'thrown 1'],
    states: [3, 3]
  });
});
