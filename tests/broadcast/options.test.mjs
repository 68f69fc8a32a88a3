// An option that doesn't exist is refused by name: a misspelt one would do nothing.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { broadcast, createHub, drained, prepare } from 'framewright/broadcast';

const refusal = (names) => ({
  name: 'TypeError',
  message: `options.treshold is not an option; there are ${names}`
});
const OPTIONS = { treshold: 1 };
const BROADCAST = 'binary, compress, slow, threshold';

/** A connection that has nothing waiting. */
const idle = { bufferedAmount: 0, readyState: 1 };

describe('an option that does not exist is refused', () => {
  it('by createHub()', () => {
    assert.throws(
      () => createHub(OPTIONS),
      refusal('compress, history, logger, prefix, redis, slow, threshold')
    );
  });

  it('by hub.publish()', () => {
    const hub = createHub();
    assert.throws(() => hub.publish('topic', 'x', OPTIONS), refusal(BROADCAST));
  });

  it('by broadcast()', () => {
    assert.throws(() => broadcast([], 'x', OPTIONS), refusal(BROADCAST));
  });

  it('by prepare()', () => {
    assert.throws(() => prepare('x', OPTIONS), refusal('binary, compress'));
  });

  it('by drained()', async () => {
    await assert.rejects(drained(idle, OPTIONS), refusal('threshold'));
  });
});

it('options that exist are taken, undefined ones too', async () => {
  const message = { binary: true, compress: undefined };
  const slow = { slow: 'skip', threshold: 1 };
  const hub = createHub({
    compress: false,
    logger: console,
    prefix: 'p:',
    redis: undefined,
    ...slow
  });
  assert.equal(hub.publish('topic', 'x', { ...message, ...slow }).sent, 0);
  assert.equal(broadcast([], 'x', { ...message, ...slow }).sent, 0);
  assert.equal(prepare('x', message).binary, true);
  await drained(idle, { threshold: 0 });
  await drained(idle);
  hub.close();
});
