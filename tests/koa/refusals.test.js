'use strict';

// ctx.upgrade() where it is not granted, not asked for, or comes too late.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { createServer } = require('node:http');
const { Readable } = require('node:stream');
const { describe, test } = require('node:test');

const { UpgradeError } = require('framewright/koa');

const {
  httpsOptions,
  koas,
  makeApp,
  nextMessage,
  refusal,
  start,
  until,
  upgradeRequest
} = require('./support.js');

for (const [version, Koa] of Object.entries(koas)) {
  const make = (...options) => makeApp(Koa, ...options);

  describe(version, () => {
    for (const secure of [false, true]) {
      const over = secure ? 'https' : 'http';

      test(`the app's response goes to the client, ${over}`, async (t) => {
        const app = make(undefined, secure ? await httpsOptions() : undefined);
        app.use(async (ctx, next) => {
          await new Promise(setImmediate);
          ctx.set('X-Outer', 'yes');
          await next();
        });
        const responses = {
          '/json': (ctx) => {
            ctx.status = 403;
            ctx.set('WWW-Authenticate', 'Basic');
            ctx.body = { error: 'no' };
          },
          '/redirect': (ctx) => ctx.redirect('/login'),
          '/empty': (ctx) => {
            ctx.status = 204;
          },
          '/throw': (ctx) => ctx.throw(401, 'Who are you?'),
          '/error': () => {
            throw new Error('secret');
          },
          '/ok': (ctx) => {
            ctx.body = 'no upgrade here';
          }
        };
        app.use((ctx) => responses[ctx.path]?.(ctx));
        const { connections, exchange } = await start(t, app);

        for (const [path, status, body] of [
          ['/json', 403, '{"error":"no"}'],
          ['/redirect', 302, 'Redirecting to /login.'],
          ['/empty', 204, ''],
          ['/throw', 401, 'Who are you?'],
          ['/error', 500, 'Internal Server Error'],
          ['/ok', 200, 'no upgrade here'],
          ['/nothing', 404, 'Not Found']
        ]) {
          const response = await exchange(upgradeRequest(path));
          assert.equal(response.status, status, path);
          assert.equal(response.body, body, path);
          assert.deepEqual(response.headers.connection, ['close'], path);
          if (path === '/json') {
            assert.deepEqual(response.headers['www-authenticate'], ['Basic']);
            assert.deepEqual(response.headers['x-outer'], ['yes']);
          }
        }
        assert.equal(app.ws.server.clients.size, 0);
        await until(() => connections.size === 0);
      });

      test(`long responses flow, ${over}`, async (t) => {
        const app = make(undefined, secure ? await httpsOptions() : undefined);
        const chunk = Buffer.alloc(64 * 1024, 'x');
        let length = 0;
        app.use((ctx) => {
          ctx.status = 403;
          if (ctx.path === '/buffer') ctx.body = Buffer.alloc(8 << 20, 'y');
          else ctx.body = Readable.from(Array(128).fill(chunk));
        });
        const { connections, socket } = await start(t, app);
        for (const path of ['/stream', '/buffer']) {
          const peer = await socket(upgradeRequest(path));
          // A slow reader: the server's socket fills up and drains.
          for await (const data of peer) {
            length += data.length;
            await new Promise(setImmediate);
          }
        }
        assert.ok(length > 2 * (8 << 20));
        await until(() => connections.size === 0);
        assert.deepEqual(app.errors, []);
      });
    }

    test('a plain request gets 426', async (t) => {
      const app = make();
      app.use((ctx) => ctx.upgrade());
      const { exchange, socket } = await start(t, app);
      const plain = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
      const response = await exchange(plain);
      assert.equal(response.status, 426);
      assert.equal(response.body, 'Upgrade Required');
      assert.deepEqual(response.headers.upgrade, ['websocket']);
      assert.deepEqual(response.headers.connection, ['Upgrade, close']);
      // RFC 9110, section 7.8: Upgrade without a Connection option is ignored.
      const bare = plain.replace('\r\n\r\n', '\r\nUpgrade: websocket\r\n\r\n');
      assert.equal((await exchange(bare)).status, 426);
      assert.deepEqual(app.errors.map(String), [
        'UpgradeError: Upgrade Required',
        'UpgradeError: Upgrade Required'
      ]);

      // The connection lives on, and may be upgraded after all.
      const peer = await socket('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      assert.match(String(await once(peer, 'data')), /^HTTP\/1\.1 426 /);
      peer.write(upgradeRequest());
      assert.match(String(await once(peer, 'data')), /^HTTP\/1\.1 101 /);
    });

    test('a bad handshake gets 400, and the middleware sees it', async (t) => {
      const app = make({ perMessageDeflate: true });
      const caught = [];
      app.use(async (ctx, next) => {
        try {
          await next();
        } catch (err) {
          caught.push(err);
          if (ctx.path !== '/own') throw err;
          ctx.status = 422;
          ctx.body = { error: err.message };
        }
      });
      app.use((ctx) => ctx.upgrade());
      const { connections, exchange } = await start(t, app);

      for (const [headers, message] of [
        [{ 'Sec-WebSocket-Key': null }, /Sec-WebSocket-Key/],
        [{ 'Sec-WebSocket-Version': '7' }, /Sec-WebSocket-Version/],
        [{ 'Sec-WebSocket-Protocol': 'a,a' }, /Sec-WebSocket-Protocol/],
        [{ 'Sec-WebSocket-Extensions': ',' }, /Sec-WebSocket-Extensions/]
      ]) {
        const response = await exchange(upgradeRequest('/', headers));
        assert.equal(response.status, 400);
        assert.match(response.body, message);
        assert.deepEqual(
          response.headers['sec-websocket-version'],
          headers['Sec-WebSocket-Version'] && ['13, 8']
        );
        const err = caught.pop();
        assert.ok(err instanceof UpgradeError);
        assert.equal(err.status, 400);
      }
      const own = await exchange(
        upgradeRequest('/own', { 'Sec-WebSocket-Key': 'x' })
      );
      assert.equal(own.status, 422);
      assert.match(own.body, /^\{"error":".*Sec-WebSocket-Key/);
      await until(() => connections.size === 0);
    });

    test('other upgrades and methods are refused by ws', async (t) => {
      const app = make();
      app.use(() => assert.fail('not for the app'));
      const { connections, exchange } = await start(t, app);
      const method = await exchange(upgradeRequest('/', {}, 'POST'));
      assert.equal(method.status, 405);
      const other = await exchange(upgradeRequest('/', { Upgrade: 'h2c' }));
      assert.equal(other.status, 400);
      await until(() => connections.size === 0);
    });

    test("ws's own refusals reach client and middleware", async (t) => {
      const app = make({
        path: '/ws',
        verifyClient: ({ req }, done) =>
          setImmediate(done, req.headers.x === 'y', 403, 'not you')
      });
      const caught = [];
      app.use((ctx) => ctx.upgrade().catch((err) => caught.push(err)));
      const { client, connections, exchange } = await start(t, app);

      const path = await exchange(upgradeRequest('/other'));
      assert.deepEqual([path.status, path.body], [400, 'Bad Request']);
      const verify = await exchange(upgradeRequest('/ws'));
      assert.deepEqual([verify.status, verify.body], [403, 'not you']);
      await until(() => caught.length === 2);
      assert.ok(caught.every((err) => err instanceof UpgradeError));
      await once(client('/ws', [], { headers: { x: 'y' } }), 'open');
      await until(() => connections.size === 1);
    });

    test('wsClientError is left to whoever listens', async (t) => {
      const app = make();
      app.use((ctx) => ctx.upgrade());
      const { connections, exchange } = await start(t, app);
      app.ws.server.on('wsClientError', (err, socket) => {
        socket.end('HTTP/1.1 418 Teapot\r\n\r\n');
      });
      const request = upgradeRequest('/', { 'Sec-WebSocket-Key': null });
      assert.equal((await exchange(request)).status, 418);
      await until(() => connections.size === 0 && app.errors.length === 1);
    });

    test('a hook that throws makes it a 500', async (t) => {
      const app = make({
        handleProtocols() {
          throw new Error('hook');
        }
      });
      app.use((ctx) => ctx.upgrade());
      const { client, connections } = await start(t, app);
      assert.equal((await refusal(client('/', ['a']))).status, 500);
      assert.equal(app.errors[0].message, 'hook');
      await once(client(), 'open');
      await until(() => connections.size === 1);
    });

    test('a server that is closing takes nobody in', async (t) => {
      const app = make();
      let enter;
      app.use(async (ctx) => {
        await new Promise((resolve) => {
          enter = resolve;
        });
        await ctx.upgrade();
      });
      const { client, connections } = await start(t, app);
      const refused = refusal(client());
      await until(() => enter);
      app.ws.server.close();
      enter();
      assert.equal((await refused).status, 503);
      await until(() => connections.size === 0);
    });

    test('ctx.upgrade() rejects once a response is sent', async (t) => {
      const app = make();
      app.use(async (ctx, next) => {
        ctx.respond = false;
        ctx.res.end('done');
        await next();
      });
      app.use((ctx) => ctx.upgrade());
      const { connections, exchange } = await start(t, app);
      const { status, body } = await exchange(upgradeRequest());
      assert.deepEqual([status, body], [404, 'done']);
      assert.match(app.errors[0].message, /after the response was sent/);
      await until(() => connections.size === 0);
    });

    test('one refusal does not touch others', async (t) => {
      const app = make();
      app.use(async (ctx) => {
        if (ctx.path !== '/in') ctx.throw(403);
        const ws = await ctx.upgrade();
        ws.on('message', (data) => ws.send(data));
      });
      const { client, exchange } = await start(t, app);
      const ws = client('/in');
      await once(ws, 'open');
      const out = Array.from({ length: 50 }, () =>
        exchange(upgradeRequest('/out'))
      );
      for (const { status } of await Promise.all(out))
        assert.equal(status, 403);
      ws.send('still in');
      assert.equal(await nextMessage(ws), 'still in');
    });

    test('without a server there is nothing to upgrade with', async (t) => {
      const app = make();
      app.use((ctx) => ctx.upgrade());
      const server = createServer(app.callback()).listen(0, '127.0.0.1');
      t.after(() => server.close());
      await once(server, 'listening');
      const { port } = server.address();
      const { status } = await fetch(`http://127.0.0.1:${port}/`);
      assert.equal(status, 500);
      assert.match(app.errors[0].message, /needs app\.listen\(\)/);
    });
  });
}
