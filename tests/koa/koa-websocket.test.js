'use strict';

// framewright/koa and koa-websocket side by side: the same apps, the same
// clients, the same observations.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { createServer } = require('node:http');
const { describe, test } = require('node:test');

const WebSocket = require('ws');

const {
  httpsOptions,
  koas,
  nextMessage,
  start,
  upgradeRequest
} = require('./support.js');

const ours = require('framewright/koa');
const theirs = require('koa-websocket');

/**
 * Runs a scenario with both and compares what it returns, for each Koa, over
 * HTTP and HTTPS.
 */
function sideBySide(name, scenario) {
  describe(name, () => {
    for (const [version, Koa] of Object.entries(koas)) {
      for (const secure of [false, true]) {
        test(`${version}, ${secure ? 'https' : 'http'}`, async (t) => {
          const options = secure ? await httpsOptions() : undefined;
          const run = (websockify) => {
            const make = (wsOptions) => {
              const app = websockify(new Koa(), wsOptions, options);
              app.silent = true;
              return app;
            };
            return scenario(t, make);
          };
          const expected = await run(theirs);
          assert.ok(Object.keys(expected).length > 0);
          assert.deepEqual(await run(ours), expected);
        });
      }
    }
  });
}

sideBySide('the app and its parts', async (t, make) => {
  const app = make();
  const before = { server: app.ws.server, middleware: [...app.ws.middleware] };
  const chained = app.ws.use(() => {}) === app.ws;
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return {
    before,
    chained,
    isKoa: typeof app.use === 'function' && typeof app.callback === 'function',
    app: app.ws.app === app,
    middleware: app.ws.middleware.length,
    server: app.server === server,
    kind: server.constructor.name,
    wsServer: app.ws.server instanceof WebSocket.Server,
    address: app.ws.server.address().port === server.address().port,
    clients: app.ws.server.clients.size
  };
});

sideBySide('each connection runs the middleware', async (t, make) => {
  const app = make();
  const log = [];
  app.ws.use(async (ctx, next) => {
    ctx.state.user = 'ann';
    log.push('first');
    await next();
    log.push('first, later');
  });
  app.ws.use((ctx, next) => {
    log.push({
      path: ctx.path,
      url: ctx.url,
      originalUrl: ctx.originalUrl,
      query: { ...ctx.query },
      method: ctx.method,
      header: ctx.get('x-test'),
      state: ctx.state,
      res: ctx.res,
      own: ctx.app === app,
      websocket: ctx.websocket instanceof WebSocket,
      state2: ctx.websocket.readyState,
      known: app.ws.server.clients.has(ctx.websocket)
    });
    ctx.websocket.send(`hello ${ctx.state.user}`);
    ctx.websocket.on('message', (data, isBinary) => {
      ctx.websocket.send(data, { binary: isBinary });
    });
    return next();
  });
  const { client } = await start(t, app);
  for (const path of ['/', '/room/1?a=b&c', '/%C3%A9//x']) {
    const ws = client(path, [], { headers: { 'X-Test': 'yes' } });
    log.push(await nextMessage(ws));
    ws.send('text');
    log.push(await nextMessage(ws));
    ws.send(Buffer.alloc(70000, 'b'));
    log.push((await nextMessage(ws)).length);
    ws.close(4000, 'bye');
    log.push((await once(ws, 'close')).map(String));
  }
  return log;
});

sideBySide('paths select middleware', async (t, make) => {
  const app = make();
  const at = (path, fn) => (ctx, next) =>
    ctx.path === path ? fn(ctx, next) : next();
  app.ws.use(at('/a', (ctx) => ctx.websocket.send('a')));
  app.ws.use(at('/b', (ctx) => ctx.websocket.send('b')));
  app.ws.use((ctx) => ctx.websocket.send('other'));
  const { client } = await start(t, app);
  const answers = [];
  for (const path of ['/a', '/b?c=d', '/c']) {
    answers.push(await nextMessage(client(path)));
  }
  return answers;
});

sideBySide('ordinary requests go their own way', async (t, make) => {
  const app = make();
  app.use((ctx) => {
    ctx.body = { websocket: typeof ctx.websocket, path: ctx.path };
  });
  app.ws.use((ctx) => ctx.websocket.send(ctx.path));
  const { client, exchange } = await start(t, app);
  const message = await nextMessage(client('/x'));
  const text = 'GET /y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  return { message, response: await exchange(text) };
});

sideBySide('middleware may come later', async (t, make) => {
  const app = make();
  const { client } = await start(t, app);
  app.ws.use((ctx) => ctx.websocket.send('late'));
  return [await nextMessage(client())];
});

sideBySide('an app without middleware takes everyone', async (t, make) => {
  const app = make();
  const { client } = await start(t, app);
  const connected = once(app.ws.server, 'connection');
  const ws = client('/anything');
  const [[, req]] = await Promise.all([connected, once(ws, 'open')]);
  return [req.url, app.ws.server.clients.size];
});

sideBySide('options go to ws', async (t, make) => {
  class Special extends WebSocket {}
  const app = make({
    WebSocket: Special,
    clientTracking: false,
    handleProtocols: (protocols) => [...protocols].at(-1),
    maxPayload: 100,
    path: '/ws',
    perMessageDeflate: { serverMaxWindowBits: 10 },
    verifyClient: ({ req }, done) => done(req.headers.x === 'y', 403, 'no')
  });
  app.ws.use((ctx) => {
    const { websocket } = ctx;
    websocket.send(`${websocket instanceof Special} ${websocket.extensions}`);
    websocket.on('message', () => websocket.send('too long'));
  });
  const { client, exchange } = await start(t, app);
  const ws = client('/ws?q', ['a', 'b'], { headers: { x: 'y' } });
  const [message] = await Promise.all([nextMessage(ws), once(ws, 'open')]);
  ws.send('x'.repeat(101));
  const [code] = await once(ws, 'close');
  return {
    message,
    protocol: ws.protocol,
    code,
    clients: app.ws.server.clients,
    options: Object.keys(app.ws.server.options).sort(),
    path: await exchange(upgradeRequest('/other', { x: 'y' })),
    verify: await exchange(upgradeRequest('/ws'))
  };
});

sideBySide('bad handshakes are refused byte for byte', async (t, make) => {
  const app = make({ perMessageDeflate: true });
  app.ws.use(() => assert.fail('let in'));
  app.use((ctx) => {
    ctx.body = 'plain';
  });
  const { exchange } = await start(t, app);
  const responses = [];
  for (const [headers, method] of [
    [{}, 'POST'],
    [{ Upgrade: 'h2c' }],
    [{ 'Sec-WebSocket-Key': null }],
    [{ 'Sec-WebSocket-Key': 'short' }],
    [{ 'Sec-WebSocket-Version': '7' }],
    [{ 'Sec-WebSocket-Protocol': 'a,a' }],
    [{ 'Sec-WebSocket-Protocol': ` ${' '.repeat(8000)},` }],
    [{ 'Sec-WebSocket-Extensions': ',;constructor' }],
    [{ 'Sec-WebSocket-Extensions': 'permessage-deflate; __proto__' }],
    [{ 'Sec-WebSocket-Extensions': 'caf\xe9' }]
  ]) {
    responses.push(await exchange(upgradeRequest('/', headers, method)));
  }
  return responses;
});

sideBySide('a throwing middleware harms nobody', async (t, make) => {
  const app = make();
  app.ws.use((ctx, next) => {
    ctx.websocket.on('message', (data) => ctx.websocket.send(data));
    return next();
  });
  app.ws.use((ctx) => {
    if (ctx.path === '/throw') throw new Error('thrown');
    if (ctx.path === '/reject') return Promise.reject(new Error('rejected'));
    if (ctx.path === '/string') return Promise.reject('not an error');
    ctx.body = 'there is no response';
  });
  const { client } = await start(t, app);
  const answers = [];
  for (const path of ['/throw', '/reject', '/string', '/body']) {
    const ws = client(path);
    await once(ws, 'open');
    ws.send(path);
    answers.push(await nextMessage(ws));
  }
  return answers;
});

sideBySide('a client that breaks the protocol is alone', async (t, make) => {
  const app = make();
  app.ws.use((ctx) => {
    ctx.websocket.on('message', (data) => ctx.websocket.send(data));
  });
  const { client, socket } = await start(t, app);
  const good = client();
  await once(good, 'open');
  for (const bytes of ['\x83\x80abcd', '\x16\x03\x01\x02', 'GET / HTTP/1.1']) {
    const bad = await socket(upgradeRequest());
    await once(bad, 'data');
    bad.write(bytes, 'latin1');
    await once(bad.resume(), 'close');
  }
  const dead = await socket(upgradeRequest());
  await once(dead, 'data');
  dead.destroy();
  good.send('still here');
  return [await nextMessage(good), app.ws.server.clients.size > 0];
});

sideBySide('a closed server takes nobody', async (t, make) => {
  const app = make();
  app.ws.use((ctx) => ctx.websocket.send('in'));
  app.use((ctx) => {
    ctx.body = 'plain';
  });
  const { client, exchange } = await start(t, app);
  const ws = client();
  const first = await nextMessage(ws);
  app.ws.server.close();
  const { status, body } = await exchange(
    upgradeRequest('/', { Connection: 'upgrade, close' })
  );
  return { first, state: ws.readyState, status, body };
});

sideBySide('listening twice makes two servers', async (t, make) => {
  const app = make();
  app.ws.use((ctx) => ctx.websocket.send('in'));
  const one = await start(t, app);
  const first = app.ws.server;
  const two = await start(t, app);
  return {
    messages: [
      await nextMessage(one.client()),
      await nextMessage(two.client())
    ],
    second: app.ws.server !== first && app.server === two.server
  };
});

sideBySide('app.ws.listen() takes a server of any make', async (t, make) => {
  const app = make();
  app.ws.use((ctx) => ctx.websocket.send(ctx.path));
  const server = createServer(app.callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  app.ws.listen({ server });
  const ws = new WebSocket(`ws://127.0.0.1:${server.address().port}/made`);
  const message = await nextMessage(ws);
  ws.terminate();
  return [message, app.server];
});
