// What every well-behaved command line tool does.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';

import { Command, run } from './command.mjs';

const { version } = JSON.parse(
  readFileSync(new URL('../../npm/framewright/package.json', import.meta.url))
);

it('--help lists the commands', async () => {
  const { code, stdout } = await run(['--help']);
  assert.equal(code, 0);
  for (const name of [
    'doctor',
    'bench',
    'proxy',
    'inspect',
    'frames',
    'Exit codes:',
    'NO_COLOR'
  ]) {
    assert.ok(stdout.includes(name), name);
  }
  for (const name of ['doctor', 'bench', 'proxy', 'inspect', 'frames']) {
    const { code, stdout } = await run([name, '--help']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: framewright ${name} `));
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
    // Wherever it stands, and whatever else does.
    const { stdout: again } = await run(['help', name]);
    assert.equal(again, stdout);
    const { stdout: among } = await run([name, '--dance', '-h']);
    assert.equal(among, stdout);
  }
});

it('says its version', async () => {
  for (const word of ['--version', '-v', '-V', 'version']) {
    const { code, stdout } = await run([word]);
    assert.equal(code, 0, word);
    assert.equal(stdout, `${version}\n`);
  }
});

it('prints colours where FORCE_COLOR wants them, and not to others', async () => {
  const colours = async (env) =>
    (await run(['doctor'], { env })).stdout.includes('\x1b[');
  assert.equal(await colours({}), false);
  assert.equal(await colours({ FORCE_COLOR: '0' }), false);
  assert.equal(await colours({ FORCE_COLOR: '1' }), true);
});

it('refuses what it does not know', async () => {
  const wrong = [
    [['dance'], /unknown command 'dance'; there are doctor, bench,/],
    [['__proto__'], /unknown command '__proto__'/],
    [['help', 'dance'], /unknown command 'dance'/],
    [['--dance'], /unknown option '--dance'/],
    [['doctor', '--dance'], /unknown option '--dance'/],
    [['doctor', '-d'], /unknown option '-d'/],
    [['doctor', '--__proto__'], /unknown option '--__proto__'/],
    [['doctor', '--json=1'], /option '--json' takes no value/],
    [['doctor', 'extra'], /'doctor' doesn't know what to do with 'extra'/],
    [['bench', '--seconds'], /option '--seconds <n>' needs a value/],
    [['bench', '--seconds', '--json'], /option '--seconds <n>' needs a value/],
    [['bench', '--seconds=0'], /'0' is not valid .* a number from 1 to 3600/],
    [['inspect'], /missing required argument 'file'/],
    [['inspect', 'a', 'b'], /'inspect' doesn't know what to do with 'b'/]
  ];
  await Promise.all(
    wrong.map(async ([args, message]) => {
      const { code, stderr, stdout } = await run(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /^error: /);
      assert.match(stderr, message);
      assert.match(stderr, /\(framewright --help says more\)\n$/);
      assert.equal(stdout, '');
    })
  );
});

it('takes what follows -- as it is', async () => {
  const { code, stderr } = await run(['inspect', '--', '--page']);
  assert.equal(code, 1);
  assert.match(stderr, /^framewright: can't read --page: ENOENT/);
});

it('prints its usage without a command', async () => {
  const { code, stderr } = await run([]);
  assert.equal(code, 2);
  assert.match(stderr, /^Usage: framewright /);
});

it('ends quietly when its output is closed', async () => {
  const command = new Command(['doctor'], { cwd: import.meta.dirname });
  command.child.stdout.destroy();
  assert.notEqual(await command.exit(), null);
  assert.equal(command.stderr, '');
});
