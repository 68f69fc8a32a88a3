// What every well-behaved command line tool does.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';

import { Command, run } from './command.mjs';

const { version } = JSON.parse(
  readFileSync(new URL('../../npm/framewright/package.json', import.meta.url))
);

it('helps', async () => {
  const { code, stdout } = await run(['--help']);
  assert.equal(code, 0);
  for (const name of [
    'doctor',
    'bench',
    'proxy',
    'inspect',
    'Exit codes:',
    'NO_COLOR'
  ]) {
    assert.ok(stdout.includes(name), name);
  }
  for (const name of ['doctor', 'bench', 'proxy', 'inspect']) {
    const { code, stdout } = await run([name, '--help']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: framewright ${name} `));
  }
});

it('says its version', async () => {
  const { code, stdout } = await run(['--version']);
  assert.equal(code, 0);
  assert.equal(stdout, `${version}\n`);
});

it('refuses what it does not know', async () => {
  for (const args of [
    ['dance'],
    ['--dance'],
    ['doctor', '--dance'],
    ['doctor', 'extra']
  ]) {
    const { code, stderr, stdout } = await run(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, /^error: /);
    assert.equal(stdout, '');
  }
});

it('helps where it is told nothing', async () => {
  const { code, stderr } = await run([]);
  assert.equal(code, 2);
  assert.match(stderr, /^Usage: framewright /);
});

it('ends quietly where nobody reads on', async () => {
  const command = new Command(['doctor'], { cwd: import.meta.dirname });
  command.child.stdout.destroy();
  assert.notEqual(await command.exit(), null);
  assert.equal(command.stderr, '');
});
