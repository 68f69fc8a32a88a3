// A listener that throws: stock ws stops reading for good, ours goes on with the next event.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

const CASES = [
  'message',
  'ping',
  'fragments',
  'compressed',
  'deferred',
  'close'
];

for (const name of CASES) {
  test(`a listener throws: ${name}`, async () => {
    const ours = await run(name, 'framewright');

    // The errors came out as uncaught, in order; nothing was lost, nothing twice.
    assert.deepEqual(ours.trace, EXPECTED[name]);
  });
}

test('stock ws is wedged by it', async () => {
  const { trace } = await run('message', 'stock');

  assert.ok(trace.length < EXPECTED.message.length);
});

const EACH_MESSAGE = [
  'message one',
  'uncaught one',
  'message two',
  'uncaught two',
  'message three',
  'uncaught three',
  'message later',
  'uncaught later',
  'pong'
];

const EXPECTED = {
  message: EACH_MESSAGE,
  ping: [
    'message one',
    'ping p',
    'uncaught p',
    'message two',
    'message later',
    'pong'
  ],
  fragments: [
    'ping p',
    'uncaught p',
    'message onetwo',
    'uncaught onetwo',
    'message later',
    'uncaught later',
    'pong'
  ],
  compressed: EACH_MESSAGE,
  deferred: EACH_MESSAGE,
  close: ['message one', 'uncaught one', 'close 1000 bye']
};

async function run(name, against) {
  const child = fork(new URL('support/throwing-child.mjs', import.meta.url), [
    name,
    against
  ]);
  const [result] = await once(child, 'message');
  child.kill();
  return result;
}
