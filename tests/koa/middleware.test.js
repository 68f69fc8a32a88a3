'use strict';

// ctx.upgrade() within the middleware that people have around it.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { describe, test } = require('node:test');

const { koas, makeApp, nextMessage, start, until } = require('./support.js');

const passport = require('koa-passport');
const Router = require('@koa/router');
const session = require('koa-session');

/** A session that needs its middleware to set a cookie after `next()`. */
async function changeSession(ctx, next) {
  await next();
  ctx.session.seen = Date.now();
}

/** Each takes the app and gives the middleware that runs before the upgrade. */
const MIDDLEWARE = {
  '@koa/cors': () => [require('@koa/cors')({ credentials: true })],
  '@koa/router': () => [],
  'koa-basic-auth': () => [
    require('koa-basic-auth')({ name: 'ann', pass: 'secret' })
  ],
  'koa-body': () => [require('koa-body').koaBody({ multipart: true })],
  'koa-bodyparser': () => [require('koa-bodyparser')()],
  'koa-compress': () => [require('koa-compress')({ threshold: 0 })],
  'koa-conditional-get': () => [require('koa-conditional-get')()],
  'koa-connect': () => [
    require('koa-connect')((req, res, next) => {
      res.setHeader('X-Connect', 'yes');
      next();
    })
  ],
  'koa-csrf': (app) => {
    const Csrf = require('koa-csrf');
    return [session.default({ signed: false }, app), new Csrf()];
  },
  '@koa/etag': () => [require('@koa/etag')()],
  'koa-favicon': () => [require('koa-favicon')(__filename)],
  'koa-generic-session': (app) => {
    app.keys = ['a key'];
    return [require('koa-generic-session')(), changeSession];
  },
  'koa-helmet': () => [require('koa-helmet')()],
  'koa-json': () => [require('koa-json')()],
  'koa-jwt': () => [require('koa-jwt')({ secret: 'a key', passthrough: true })],
  'koa-logger': () => [require('koa-logger')(() => {})],
  'koa-morgan': () => [
    require('koa-morgan')('combined', { stream: { write() {} } })
  ],
  'koa-mount': () => [
    require('koa-mount')('/elsewhere', (ctx) => {
      ctx.body = 'elsewhere';
    })
  ],
  'koa-onerror': (app) => {
    require('koa-onerror').onerror(app);
    return [];
  },
  'koa-passport': (app) => [
    session.default({ signed: false }, app),
    passport.initialize(),
    passport.session()
  ],
  'koa-range': () => [require('koa-range')],
  'koa-ratelimit': () => [
    require('koa-ratelimit')({
      driver: 'memory',
      db: new Map(),
      duration: 1000,
      max: 10
    })
  ],
  'koa-response-time': () => [require('koa-response-time')()],
  'koa-session': (app) => [
    session.default({ signed: false }, app),
    changeSession
  ],
  'koa-static': () => [require('koa-static')(__dirname, { defer: true })]
};

/** Echoes; used as the last middleware. */
async function echo(ctx) {
  const ws = await ctx.upgrade();
  ws.on('message', (data) => ws.send(String(data)));
}

/** What `process.emitWarning` is called with while a test runs. */
function warnings(t) {
  const emitWarning = t.mock.method(process, 'emitWarning', () => {});
  return () =>
    emitWarning.mock.calls
      .map(({ arguments: [text, options] }) => [options?.code, text])
      .filter(([code]) => code === 'FRAMEWRIGHT_LATE_HEADER')
      .map(([, text]) => text);
}

/** Sends a message and checks that it comes back. */
async function talk(ws, text) {
  ws.send(text);
  const closed = once(ws, 'close').then(([code]) => `closed by ${code}`);
  assert.equal(await Promise.race([nextMessage(ws), closed]), text);
}

for (const [version, Koa] of Object.entries(koas)) {
  /** An app that remembers its errors, and when its middleware has finished. */
  function make() {
    const app = makeApp(Koa);
    app.finished = 0;
    app.use(async (ctx, next) => {
      await next().finally(() => app.finished++);
    });
    return app;
  }

  /** Connects, and talks before and after the middleware has finished. */
  async function works(t, app, options) {
    const { client } = await start(t, app);
    for (let i = 1; i <= 2; i++) {
      const ws = client('/', [], options);
      await once(ws, 'open');
      await talk(ws, 'hello');
      await until(() => app.finished === i);
      await new Promise(setImmediate);
      assert.deepEqual(app.errors, []);
      await talk(ws, 'still here');
      ws.close();
      const [code] = await once(ws, 'close');
      assert.equal(code, 1005);
    }
    assert.deepEqual(app.errors, []);
  }

  describe(version, () => {
    for (const [name, make_] of Object.entries(MIDDLEWARE)) {
      test(`upgrades within ${name}`, async (t) => {
        warnings(t);
        const app = make();
        for (const middleware of make_(app)) app.use(middleware);
        if (name === '@koa/router') {
          const router = new Router();
          router.get('/', echo);
          app.use(router.routes()).use(router.allowedMethods());
        } else {
          app.use(echo);
        }
        await works(t, app, { auth: 'ann:secret' });
      });
    }

    test('upgrades within all of them', async (t) => {
      warnings(t);
      const app = make();
      for (const [name, make_] of Object.entries(MIDDLEWARE)) {
        if (name === 'koa-generic-session') continue;
        for (const middleware of make_(app)) app.use(middleware);
      }
      app.use(echo);
      await works(t, app, { auth: 'ann:secret' });
    });

    test('tells once of a session that comes too late', async (t) => {
      const told = warnings(t);
      const app = make();
      app.use(session.default({ key: 'sid', signed: false }, app));
      app.use(changeSession);
      app.use(echo);
      await works(t, app);
      assert.equal(told().length, 1);
      assert.match(
        told()[0],
        /^The cookie "sid" was set after ctx\.upgrade\(\)/
      );
    });

    test('sends a session that is committed before', async (t) => {
      const told = warnings(t);
      const app = make();
      app.use(
        session.default({ autoCommit: false, key: 'sid', signed: false }, app)
      );
      app.use(async (ctx, next) => {
        ctx.session.user = 'ann';
        await ctx.session.manuallyCommit();
        await next();
      });
      app.use(echo);
      const { client } = await start(t, app);
      const [res] = await once(client(), 'upgrade');
      assert.match(res.headers['set-cookie'][0], /^sid=/);
      await until(() => app.finished === 1);
      assert.deepEqual([app.errors, told()], [[], []]);
    });

    test('sends the cookie of a session of Express', async (t) => {
      const app = make();
      const connect = require('koa-connect');
      const store = new (require('express-session').MemoryStore)();
      app.use(
        connect(
          require('express-session')({
            resave: false,
            saveUninitialized: true,
            secret: 'a key',
            store
          })
        )
      );
      app.use(async (ctx) => {
        ctx.req.session.user = 'ann';
        await echo(ctx);
      });
      const { client } = await start(t, app);
      const ws = client();
      const [res] = await once(ws, 'upgrade');
      assert.match(res.headers['set-cookie'][0], /^connect\.sid=/);
      await talk(ws, 'hello');
      await until(() => Object.keys(store.sessions).length === 1);
      assert.equal(JSON.parse(Object.values(store.sessions)[0]).user, 'ann');
      assert.deepEqual(app.errors, []);
    });

    test('takes whatever is set on a response that is sent', async (t) => {
      const told = warnings(t);
      const app = make();
      app.use(async (ctx, next) => {
        ctx.cookies.set('early', '1');
        await next();
        const { res } = ctx;
        res.setHeader('X-Late', 'secret');
        ctx.cookies.set('late', 'secret');
        res.appendHeader('X-Late', 'secret');
        res.setHeaders(new Headers({ 'X-Later': 'secret' }));
        res.removeHeader('X-Late');
        res.writeHead(500).end('never sent');
        ctx.set('X-Late', 'secret');
        ctx.status = 500;
        ctx.body = 'never sent';
      });
      app.use(echo);
      await works(t, app);
      assert.deepEqual(told(), [
        'The header field "X-Late" was set after ctx.upgrade(), when the ' +
          'response had been sent: the client does not get it. Set it, or ' +
          'commit the session, before ctx.upgrade(). This is told once'
      ]);
    });

    test('names the late cookie, not those that were sent', async (t) => {
      const told = warnings(t);
      const app = make();
      app.use(async (ctx, next) => {
        ctx.cookies.set('early', '1');
        await next();
        ctx.cookies.set('late', 'secret');
      });
      app.use(echo);
      await works(t, app);
      assert.equal(told().length, 1);
      assert.match(told()[0], /^The cookie "late" was set after/);
      assert.doesNotMatch(told()[0], /secret|early/);
    });

    test("closes the socket where a listener for 'headers' throws", async (t) => {
      const app = make();
      app.use(echo);
      const { client, connections } = await start(t, app);
      app.ws.server.on('headers', () => {
        throw new Error('no headers');
      });
      const [err] = await once(client().removeAllListeners('error'), 'error');
      assert.equal(err.message, 'socket hang up');
      await until(() => connections.size === 0);
      assert.deepEqual(
        app.errors.map(({ message }) => message),
        ['no headers']
      );
    });
  });
}
