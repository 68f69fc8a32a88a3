'use strict';

// Clients that don't wait for the middleware to decide.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { Readable } = require('node:stream');
const { describe, test } = require('node:test');

const { UpgradeError } = require('framewright/koa');

const {
  httpsOptions,
  koas,
  makeApp,
  start,
  until,
  upgradeRequest
} = require('./support.js');

for (const [version, Koa] of Object.entries(koas)) {
  const make = (...options) => makeApp(Koa, ...options);

  describe(version, () => {
    for (const [how, leave, secure] of [
      ['closes', (peer) => peer.destroy(), false],
      ['half-closes', (peer) => peer.end(), false],
      ['resets', (peer) => peer.resetAndDestroy(), false],
      ['closes', (peer) => peer.destroy(), true],
      ['half-closes', (peer) => peer.end(), true]
    ]) {
      const over = secure ? 'https' : 'http';

      test(`a client that ${how} in the middle is let go, ${over}`, async (t) => {
        const app = make(undefined, secure ? await httpsOptions() : undefined);
        const entered = [];
        const caught = [];
        let closed = 0;
        app.use(async (ctx) => {
          ctx.res.on('close', () => closed++);
          await new Promise((resolve) => entered.push(resolve));
          await ctx.upgrade().catch((err) => caught.push(err));
        });
        const { connections, socket } = await start(t, app);
        const peers = [];
        for (let i = 0; i < 20; i++) {
          peers.push(await socket(upgradeRequest()));
        }
        await until(() => entered.length === peers.length);
        peers.forEach(leave);
        // While the middleware still waits.
        await until(() => connections.size === 0);
        await until(() => closed === peers.length);
        for (const enter of entered) enter();
        await until(() => caught.length === peers.length);
        assert.ok(caught.every((err) => err instanceof UpgradeError));
        assert.equal(app.ws.server.clients.size, 0);
        // Of a reset Koa tells the app, as with any request.
        const codes = app.errors.map((err) => err.code);
        assert.ok(codes.every((code) => code === 'ECONNRESET'));
      });
    }

    test('a client that leaves in the middle of a response', async (t) => {
      const app = make();
      const bodies = [];
      app.use((ctx) => {
        const body = Readable.from(Array(512).fill(Buffer.alloc(64 * 1024)));
        bodies.push(body);
        ctx.status = 403;
        ctx.body = body;
      });
      const { connections, socket } = await start(t, app);
      const peer = await socket(upgradeRequest());
      await once(peer, 'data');
      peer.resetAndDestroy();
      await until(() => connections.size === 0 && bodies[0].destroyed);
    });

    test('a client that talks too early is bounded', async (t) => {
      const app = make();
      let enter;
      app.use(async (ctx) => {
        await new Promise((resolve) => {
          enter = resolve;
        });
        ctx.throw(401);
      });
      const { connections, socket } = await start(t, app);
      const peer = await socket(upgradeRequest());
      peer.on('error', () => {});
      await until(() => enter);
      const chunk = Buffer.alloc(64 * 1024);
      for (let i = 0; i < 512; i++) peer.write(chunk);
      for (let i = 0; i < 50; i++) await new Promise(setImmediate);
      const [connection] = connections;
      assert.ok(connection.readableLength <= 256 * 1024);
      enter();
      peer.resume();
      await until(() => connections.size === 0);
    });
  });
}
