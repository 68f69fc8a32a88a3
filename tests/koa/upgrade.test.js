'use strict';

// ctx.upgrade() where it is granted.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { describe, test } = require('node:test');

const framewright = require('framewright');
const websockify = require('framewright/koa');
const WebSocket = require('ws');

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

/** A text frame from a client, masked with zeros. */
function frame(text) {
  return Buffer.concat([
    Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]),
    Buffer.from(text)
  ]);
}

async function auth(ctx, next) {
  await new Promise(setImmediate);
  if (ctx.get('authorization') !== 'secret') ctx.throw(401, 'Who are you?');
  ctx.state.user = 'ann';
  await next();
}

const headers = { Authorization: 'secret' };

for (const [version, Koa] of Object.entries(koas)) {
  const make = (...options) => makeApp(Koa, ...options);

  describe(version, () => {
    for (const secure of [false, true]) {
      test(`upgrades after auth, ${secure ? 'https' : 'http'}`, async (t) => {
        const options = secure ? await httpsOptions() : undefined;
        const app = websockify(new Koa(), undefined, options);
        app.use(auth);
        app.use(async (ctx) => {
          const ws = await ctx.upgrade();
          ws.on('message', (data) => ws.send(`${ctx.state.user}: ${data}`));
        });
        const { client, connections } = await start(t, app);

        const { messages } = framewright.status().counters;
        const ws = client('/', [], { headers });
        await once(ws, 'open');
        ws.send('hi');
        assert.equal(await nextMessage(ws), 'ann: hi');
        assert.equal(app.ws.server.clients.size, 1);
        if (process.env.FRAMEWRIGHT !== 'off') {
          assert.ok(framewright.status().counters.messages > messages);
        }

        const { status, body } = await refusal(client());
        assert.deepEqual([status, body], [401, 'Who are you?']);

        ws.close();
        await once(ws, 'close');
        await until(() => connections.size === 0);
        assert.equal(app.ws.server.clients.size, 0);
      });
    }

    test('gives one WebSocket, to the context as well', async (t) => {
      const app = make();
      const seen = {};
      app.use(async (ctx, next) => {
        await next();
        seen.later = ctx.websocket;
        seen.status = ctx.status;
        seen.sent = ctx.headerSent;
      });
      app.use(async (ctx) => {
        [seen.first, seen.second] = await Promise.all([
          ctx.upgrade(),
          ctx.upgrade()
        ]);
        seen.third = await ctx.upgrade();
      });
      const { client } = await start(t, app);
      const connected = once(app.ws.server, 'connection');
      await once(client(), 'open');
      const [[ws, req]] = await Promise.all([
        connected,
        until(() => 'sent' in seen)
      ]);
      assert.ok(ws instanceof WebSocket);
      assert.equal(req.url, '/');
      for (const name of ['first', 'second', 'third', 'later']) {
        assert.equal(seen[name], ws);
      }
      assert.deepEqual([seen.status, seen.sent], [101, true]);
    });

    test('takes part of the response along', async (t) => {
      const app = make({ handleProtocols: () => 'b' });
      app.use(async (ctx) => {
        ctx.set('X-Request-Id', '7');
        ctx.cookies.set('a', '1');
        ctx.cookies.set('b', '2');
        ctx.body = 'never sent';
        await ctx.upgrade();
        ctx.set('X-Late', 'never sent');
      });
      const { socket } = await start(t, app);
      const peer = await socket(
        upgradeRequest('/', { 'Sec-WebSocket-Protocol': 'a, b' })
      );
      const [response] = await once(peer, 'data');
      assert.equal(
        response.toString(),
        [
          'HTTP/1.1 101 Switching Protocols',
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
          'Sec-WebSocket-Protocol: b',
          'x-request-id: 7',
          'set-cookie: a=1; path=/; httponly',
          'set-cookie: b=2; path=/; httponly',
          '\r\n'
        ].join('\r\n')
      );
    });

    test('loses no message, however early', async (t) => {
      const app = make();
      app.use(async (ctx) => {
        if (ctx.path === '/slow') await new Promise(setImmediate);
        const ws = await ctx.upgrade();
        const messages = [];
        ws.on('message', (data) => {
          messages.push(data.toString());
          if (messages.length === 3) ws.send(messages.join());
        });
      });
      const { socket } = await start(t, app);
      for (const path of ['/', '/slow']) {
        const peer = await socket(
          Buffer.concat([Buffer.from(upgradeRequest(path)), frame('one')])
        );
        peer.write(frame('two'));
        const [response] = await once(peer, 'data');
        assert.match(response.toString('latin1'), /^HTTP\/1\.1 101 /);
        peer.write(frame('three'));
        const [message] = await once(peer, 'data');
        assert.equal(message.toString('latin1', 2), 'one,two,three');
      }
    });

    test('may be paused at once', async (t) => {
      const app = make();
      const messages = [];
      let ws;
      app.use(async (ctx) => {
        ws = await ctx.upgrade();
        ws.pause();
        ws.on('message', (data) => messages.push(data.toString()));
      });
      const { socket } = await start(t, app);
      const peer = await socket(
        Buffer.concat([Buffer.from(upgradeRequest()), frame('one')])
      );
      await once(peer, 'data');
      peer.write(frame('two'));
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      assert.deepEqual(messages, []);
      ws.resume();
      await until(() => messages.length === 2);
    });

    test('tells whoever waits that the response is done', async (t) => {
      const app = make();
      const events = [];
      app.use(async (ctx, next) => {
        ctx.res.on('finish', () => events.push('finish'));
        ctx.res.on('close', () => events.push('close'));
        await next();
      });
      app.use((ctx) => ctx.upgrade());
      const { client } = await start(t, app);
      const ws = client();
      await once(ws, 'open');
      await until(() => events.length === 2);
      assert.deepEqual(events, ['finish', 'close']);
      assert.equal(ws.readyState, WebSocket.OPEN);
    });

    test('leaves nothing on the socket', async (t) => {
      const listeners = [];
      const watch = ({ _socket: socket }) => {
        const names = socket.eventNames().map(String).sort();
        const functions = (name) => socket.listeners(name).map(String);
        listeners.push(names.map((name) => [name, functions(name)]));
      };
      const app = make();
      app.use(async (ctx) => {
        const ws = await ctx.upgrade();
        await once(ws, 'message');
        watch(ws);
      });
      const { client } = await start(t, app);
      const upgraded = client();
      await once(upgraded, 'open');
      upgraded.send('x');
      await until(() => listeners.length === 1);

      app.ws.use((ctx) => watch(ctx.websocket));
      await once(client(), 'open');
      assert.deepEqual(listeners[0], listeners[1]);
    });

    test('needs no await', async (t) => {
      const app = make();
      app.use((ctx) => {
        ctx.upgrade().then((ws) => ws.send('in'));
      });
      const { client } = await start(t, app);
      assert.equal(await nextMessage(client()), 'in');
      assert.deepEqual(app.errors, []);
    });

    test('works in app.ws middleware, and leaves it the rest', async (t) => {
      const app = make();
      app.use((ctx) => ctx.upgrade());
      const { client } = await start(t, app);
      await once(client(), 'open');
      app.ws.use(async (ctx) => {
        const ws = await ctx.upgrade();
        ws.send(String(ws === ctx.websocket));
      });
      assert.equal(await nextMessage(client()), 'true');
    });

    test('middleware that throws later closes with 1011', async (t) => {
      const app = make();
      app.use(async (ctx) => {
        await ctx.upgrade();
        throw new Error('later');
      });
      const { client, connections } = await start(t, app);
      const [code] = await once(client(), 'close');
      assert.equal(code, 1011);
      assert.deepEqual(
        app.errors.map((err) => err.message),
        ['later']
      );
      await until(() => connections.size === 0);
    });

    test('a client that dies or misbehaves is no error of the app', async (t) => {
      const app = make();
      const codes = [];
      app.use(async (ctx) => {
        const ws = await ctx.upgrade();
        ws.on('close', (code) => codes.push(code));
      });
      const { connections, socket } = await start(t, app);
      const peers = [];
      for (let i = 0; i < 3; i++) {
        const peer = await socket(upgradeRequest());
        await once(peer, 'data');
        peers.push(peer);
      }
      peers[0].resetAndDestroy();
      peers[1].destroy();
      peers[2].write('GET / HTTP/1.1\r\n\r\n');
      await until(() => codes.length === 3);
      assert.deepEqual(codes.sort(), [1006, 1006, 1006]);
      assert.deepEqual(app.errors, []);
      await until(() => connections.size === 0);
    });
  });
}

test('Koa 3 knows the current context after an upgrade', async (t) => {
  const app = websockify(new koas['Koa 3']({ asyncLocalStorage: true }));
  app.use(async (ctx) => {
    const ws = await ctx.upgrade();
    ws.send(String(app.currentContext === ctx));
  });
  const { client } = await start(t, app);
  assert.equal(await nextMessage(client()), 'true');
});

test('import and require give the same', async () => {
  const module = await import('framewright/koa');
  assert.equal(module.default, websockify);
  assert.equal(module.UpgradeError, websockify.UpgradeError);
});
