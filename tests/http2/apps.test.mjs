// framewright/http2 with the apps there are: Koa's, those without a server of ws's own, and what is no WebSocket.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import { describe, it } from 'node:test';

import { acceptWebSockets } from 'framewright/http2';
import websockify from 'framewright/koa';
import Koa from 'koa';
import koaWebsocket from 'koa-websocket';
import { WebSocketServer } from 'ws';

import { serve, until } from './kit.mjs';

/** What an ordinary request is answered with. */
async function get(session, headers = {}) {
  const stream = session.request({ ':path': '/', ...headers });
  stream.on('error', () => {});
  const [response] = await once(stream, 'response');
  const body = Buffer.concat(await stream.toArray()).toString();
  return { body, status: response[':status'] };
}

/** The code that a client is closed with, whatever its errors. */
function end(client) {
  return new Promise((resolve) => client.on('close', resolve));
}

describe('apps', { timeout: 60_000 }, () => {
  it('framewright/koa, by app.ws', async (t) => {
    const app = websockify(new Koa());
    app.ws.use((ctx) => {
      ctx.websocket.send(
        `${ctx.path} ${ctx.query.a} ${ctx.protocol} ${ctx.ip}`
      );
    });
    app.use((ctx) => {
      ctx.body = 'page';
    });
    const kit = await serve(t, { listener: app.callback() });
    app.ws.listen({ server: kit.server });
    const session = await kit.session();
    const client = kit.client(session, '/chat?a=5');
    const [data] = await once(client, 'message');
    assert.equal(`${data}`, '/chat 5 https 127.0.0.1');
    assert.deepEqual(await get(session), { body: 'page', status: 200 });
  });

  it('framewright/koa, by ctx.upgrade()', async (t) => {
    const app = websockify(new Koa());
    app.use(async (ctx) => {
      ctx.cookies.set('seen', 'yes');
      if (ctx.path === '/json') {
        ctx.status = 403;
        ctx.body = { error: 'not you' };
      } else if (ctx.path === '/stream') {
        ctx.body = (await import('node:stream')).Readable.from(['a', 'b', 'c']);
      } else if (ctx.path === '/throw') {
        ctx.throw(401, 'Who is it?');
      } else if (ctx.path !== '/nothing') {
        (await ctx.upgrade()).send('in');
      }
    });
    const kit = await serve(t, { listener: app.callback() });
    app.ws.listen({ server: kit.server });
    const session = await kit.session();

    for (const over of [null, session]) {
      const client = kit.client(over);
      const opened = Promise.all([
        once(client, 'upgrade'),
        once(client, 'message')
      ]);
      const [[response], [data]] = await opened;
      assert.equal(`${data}`, 'in');
      assert.match(response.headers['set-cookie'][0], /^seen=yes/);
      const answers = [];
      for (const path of ['/json', '/stream', '/throw', '/nothing']) {
        const { body, statusCode } = await kit.refused(over, path);
        answers.push([statusCode, body]);
      }
      assert.deepEqual(answers, [
        [403, '{"error":"not you"}'],
        // To a CONNECT, 200 would say yes.
        [over ? 400 : 200, 'abc'],
        [401, 'Who is it?'],
        // Koa names what HTTP/2 has only numbers for.
        [404, over ? '404' : 'Not Found']
      ]);
    }
  });

  it('koa-websocket', async (t) => {
    const app = koaWebsocket(new Koa());
    app.ws.use((ctx) => ctx.websocket.send(ctx.path));
    const kit = await serve(t, { listener: app.callback() });
    app.ws.listen({ server: kit.server });
    const client = kit.client(await kit.session(), '/here');
    const [data] = await once(client, 'message');
    assert.equal(`${data}`, '/here');
  });

  it('noServer, and two of them', async (t) => {
    const kit = await serve(t);
    const servers = ['a', 'b'].map((name) => {
      const wss = new WebSocketServer({ noServer: true });
      wss.on('connection', (ws) => ws.send(name));
      return wss;
    });
    kit.server.on('upgrade', (req, socket, head) => {
      const wss = servers[['/a', '/b'].indexOf(req.url)];
      if (!wss) socket.destroy();
      else {
        wss.handleUpgrade(req, socket, head, (ws) => {
          wss.emit('connection', ws, req);
        });
      }
    });
    const session = await kit.session();
    for (const name of ['a', 'b']) {
      const [data] = await once(kit.client(session, `/${name}`), 'message');
      assert.equal(`${data}`, name);
    }
    assert.equal(await end(kit.client(session, '/c')), 1006);
    assert.equal(session.destroyed, false);
  });

  it('without TLS', async (t) => {
    const kit = await serve(t, { secure: false });
    const wss = new WebSocketServer({ server: kit.server });
    let secure;
    wss.on('connection', (ws, req) => {
      secure = req.socket.encrypted;
      ws.send('plain');
    });
    const [data] = await once(kit.client(await kit.session()), 'message');
    assert.equal(`${data}`, 'plain');
    assert.ok(!secure);
  });

  it('a head written in pieces, and none at all', async (t) => {
    const kit = await serve(t);
    kit.server.on('upgrade', (req, socket) => {
      if (req.url === '/none') socket.end();
      else if (req.url === '/junk') socket.end('no response\r\n\r\n');
      else {
        for (const letter of 'HTTP/1.1 418 Teapot\r\nX-A: b\r\n\r\nshort and stout') {
          socket.write(letter);
        }
        socket.end();
      }
    });
    const session = await kit.session();
    const { body, headers, statusCode } = await kit.refused(session, '/');
    assert.deepEqual([statusCode, body], [418, 'short and stout']);
    assert.equal(headers['x-a'], 'b');
    for (const path of ['/none', '/junk']) {
      assert.equal(await end(kit.client(session, path)), 1006);
    }
    await until(() => kit.streams() === 0);
    assert.equal(session.destroyed, false);
  });
});

describe('a stream that is no WebSocket', { timeout: 60_000 }, () => {
  it('is handled by the server as before', async (t) => {
    const kit = await serve(t, { listener: (req, res) => res.end(req.method) });
    new WebSocketServer({ server: kit.server });
    const session = await kit.session();
    assert.deepEqual(await get(session), { body: 'GET', status: 200 });
    // Of a protocol that nobody takes, and to another host.
    for (const headers of [
      { ':method': 'CONNECT', ':protocol': 'other', ':scheme': 'https' },
      { ':method': 'CONNECT', ':authority': 'a:1', ':path': undefined }
    ]) {
      const stream = session.request(headers, { endStream: false });
      stream.on('error', () => {});
      const [response] = await once(stream, 'response');
      assert.equal(response[':status'], 405);
      stream.close();
    }
    const seen = [];
    kit.server.on('connect', (req, res) => {
      seen.push(req.headers[':protocol']);
      res.end();
    });
    const stream = session.request(
      { ':method': 'CONNECT', ':protocol': 'other', ':scheme': 'https' },
      { endStream: false }
    );
    await once(stream, 'response');
    assert.deepEqual(seen, ['other']);
    stream.close();
  });

  it('is refused with 405 where nobody takes WebSockets', async (t) => {
    const kit = await serve(t, { listener: (req, res) => res.end() });
    kit.server.removeAllListeners('upgrade');
    const session = await kit.session();
    assert.equal((await kit.refused(session)).statusCode, 405);
    const wss = new WebSocketServer({ server: kit.server });
    await kit.open(session);
    assert.equal(wss.clients.size, 1);
    // Taken no more, though those that are there stay.
    kit.end();
    assert.equal((await kit.refused(session)).statusCode, 405);
    assert.equal(wss.clients.size, 1);
    wss.close();
  });

  it('acceptWebSockets() rejects anything but an HTTP/2 server', () => {
    for (const server of [
      undefined,
      {},
      new WebSocketServer({ noServer: true })
    ]) {
      assert.throws(() => acceptWebSockets(server), {
        name: 'TypeError',
        message: /must be one of http2\.createServer/
      });
    }
    acceptWebSockets(http2.createServer())();
  });
});
