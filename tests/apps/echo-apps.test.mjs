import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { assertAccelerated, MODES, withApp } from './support/app-process.mjs';
import { converse, MESSAGES } from './support/conversation.mjs';

const TIMEOUT = { timeout: 60_000 };

for (const mode of MODES) {
  const least = { chunks: 1, frames: MESSAGES, messages: MESSAGES };

  describe(`Frameworks on ws, ${mode.name}`, TIMEOUT, () => {
    it('koa-easy-ws', () =>
      withApp('koa-easy-ws.cjs', { mode }, async (app, port) => {
        await converse(app, `ws://127.0.0.1:${port}/echo`);
        if (mode.isAccelerated) await assertAccelerated(app, least);
      }));

    it('@fastify/websocket', () =>
      withApp('fastify.mjs', { mode }, async (app, port) => {
        await converse(app, `ws://127.0.0.1:${port}/echo`);
        if (mode.isAccelerated) await assertAccelerated(app, least);
      }));

    it('@fastify/websocket, injected client', () =>
      withApp('fastify.mjs', { mode }, async (app) => {
        app.send('inject');
        const injected = await app.said('injected');
        assert.deepEqual(injected, ['through streams', false]);
        // Both sides live in that process, so it has received two.
        if (mode.isAccelerated) await assertAccelerated(app, { messages: 2 });
      }));

    it('express-ws, whose ws 7 is left alone', () =>
      withApp('express-ws.cjs', { mode }, async (app, port) => {
        await converse(app, `ws://127.0.0.1:${port}/echo`);
        if (mode.isAccelerated) await assertAccelerated(app, {});
      }));
  });
}

describe('FRAMEWRIGHT=off', TIMEOUT, () => {
  for (const mode of MODES.filter(({ isAccelerated }) => isAccelerated)) {
    it(`leaves ws as it is, ${mode.name}`, () => {
      const options = { mode, env: { FRAMEWRIGHT: 'off' } };
      return withApp('koa-easy-ws.cjs', options, async (app, port) => {
        await converse(app, `ws://127.0.0.1:${port}/echo`);
        const { backend, reason, copies, counters } = await app.status();
        assert.equal(backend, 'stock');
        assert.match(reason, /FRAMEWRIGHT=off/);
        assert.deepEqual(
          copies.map(({ accelerated }) => accelerated),
          [false]
        );
        for (const count of Object.values(counters)) assert.equal(count, 0);
      });
    });
  }
});
