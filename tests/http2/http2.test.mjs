// framewright/http2: WebSockets on streams of HTTP/2, beside those of HTTP/1.1 on the same port.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';

import framewright from 'framewright';

import { loadCopy, NEWEST } from '../lib/ws-copies.mjs';
import { serve, until } from './kit.mjs';

for (const [title, ws] of [
  ['ws accelerated', framewright],
  [`ws ${NEWEST}`, loadCopy(NEWEST).WebSocket],
  ['ws 8.5', loadCopy('8.5').WebSocket]
]) {
  describe(title, { timeout: 120_000 }, () => {
    /** An echo server, and its ends of connections. */
    async function echo(t, options = {}) {
      const kit = await serve(t);
      kit.wss = new ws.WebSocketServer({ server: kit.server, ...options });
      kit.ends = [];
      kit.requests = [];
      kit.wss.on('connection', (end, req) => {
        kit.ends.push(end);
        kit.requests.push(req);
        end.on('message', (data, isBinary) => {
          end.send(data, { binary: isBinary });
        });
      });
      return kit;
    }

    async function says(client, data, options) {
      client.send(data, options);
      return once(client, 'message');
    }

    it('serves both on one port, many on one connection', async (t) => {
      const kit = await echo(t);
      const session = await kit.session();
      let connections = 0;
      kit.server.on('session', () => connections++);
      const clients = [
        await kit.open(null),
        await kit.open(session),
        await kit.open(session),
        await kit.open(session)
      ];
      assert.equal(kit.wss.clients.size, 4);
      assert.equal(connections, 0);
      const binary = Buffer.alloc(300_000, 'long');
      const answers = await Promise.all(
        clients.flatMap((client, i) => [says(client, `text ${i}`)])
      );
      answers.forEach(([data, isBinary], i) => {
        assert.deepEqual([`${data}`, isBinary], [`text ${i}`, false]);
      });
      for (const client of clients) {
        const [data, isBinary] = await says(client, binary);
        assert.ok(data.equals(binary));
        assert.ok(isBinary);
      }
      assert.deepEqual(
        kit.requests.map(({ httpVersion }) => httpVersion),
        ['1.1', '2.0', '2.0', '2.0']
      );
    });

    it('tells the request as HTTP/1.1 would', async (t) => {
      const kit = await echo(t);
      const session = await kit.session();
      const options = {
        headers: { cookie: 'a=1; b=2', 'x-own': 'grüße' },
        origin: 'https://example.org'
      };
      for (const over of [null, session]) {
        await kit.open(over, '/chat?room=5', [], options);
      }
      await until(() => kit.requests.length === 2);
      const [first, second] = kit.requests.map((req) => ({
        method: req.method,
        url: req.url,
        headers: { ...req.headers, 'sec-websocket-key': undefined },
        isKey: /^[\w+/]{22}==$/.test(req.headers['sec-websocket-key']),
        address: req.socket.remoteAddress,
        localPort: req.socket.localPort,
        encrypted: req.socket.encrypted,
        authorized: req.socket.authorized,
        certificate: req.socket.getPeerCertificate()
      }));
      assert.deepEqual(second, first);
      assert.equal(first.encrypted, true);
    });

    it('negotiates subprotocols and compression', async (t) => {
      const kit = await echo(t, {
        perMessageDeflate: { threshold: 0 },
        handleProtocols: (protocols) => [...protocols].at(-1)
      });
      const client = await kit.open(await kit.session(), '/', ['a', 'b']);
      assert.equal(client.protocol, 'b');
      assert.equal(client.extensions, 'permessage-deflate');
      const text = 'all the same '.repeat(10_000);
      const [data] = await says(client, text);
      assert.equal(`${data}`, text);
      const { bytesRead, bytesWritten } = kit.ends[0]._socket;
      assert.ok(bytesRead > 0 && bytesRead < 2000, `${bytesRead}`);
      assert.ok(bytesWritten > 0 && bytesWritten < 2000, `${bytesWritten}`);
    });

    it('asks verifyClient, and refuses as it says', async (t) => {
      const infos = [];
      const kit = await echo(t, {
        path: '/chat',
        verifyClient: (info, cb) => {
          infos.push(info);
          setImmediate(() =>
            info.req.headers.token === 'yes'
              ? cb(true)
              : cb(false, 402, 'Pay first', {
                  'x-price': '5',
                  'set-cookie': 'a'
                })
          );
        }
      });
      const session = await kit.session();
      const refused = [];
      for (const over of [null, session]) {
        const response = await kit.refused(over, '/chat', [], { origin: 'o' });
        assert.equal(response.statusCode, 402);
        assert.equal(response.body, 'Pay first');
        refused.push(response);
        assert.equal((await kit.refused(over, '/other')).statusCode, 400);
      }
      for (const { rawHeaders } of refused) {
        assert.equal(rawHeaders[rawHeaders.indexOf('x-price') + 1], '5');
        assert.equal(rawHeaders[rawHeaders.indexOf('set-cookie') + 1], 'a');
      }
      assert.deepEqual(
        infos.map(({ origin, secure }) => [origin, secure]),
        [
          ['o', true],
          ['o', true]
        ]
      );
      await kit.open(session, '/chat', [], { headers: { token: 'yes' } });
      assert.equal(session.destroyed, false);
    });

    it('sends what a headers listener adds', async (t) => {
      const kit = await echo(t);
      kit.wss.on('headers', (headers) => {
        headers.push('Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-Own: yes');
      });
      const client = kit.client(await kit.session());
      const [response] = await once(client, 'upgrade');
      assert.deepEqual(response.headers['set-cookie'], ['a=1', 'b=2']);
      assert.equal(response.headers['x-own'], 'yes');
    });

    it('sends at once what is sent with the handshake', async (t) => {
      const kit = await serve(t);
      const wss = new ws.WebSocketServer({ server: kit.server });
      const long = Buffer.alloc(3 << 20, 'x');
      wss.on('connection', (end) => {
        for (let i = 0; i < 100; i++) end.send(`${i}`);
        end.send(long);
        end.close(1000);
      });
      const client = kit.client(await kit.session());
      const got = [];
      client.on('message', (data) => got.push(data));
      const [code] = await once(client, 'close');
      assert.equal(code, 1000);
      assert.equal(got.length, 101);
      got.slice(0, 100).forEach((data, i) => assert.equal(`${data}`, `${i}`));
      assert.ok(got[100].equals(long));
    });

    it('closes with codes and reasons, both ways', async (t) => {
      const kit = await echo(t);
      const session = await kit.session();
      const first = await kit.open(session);
      const second = await kit.open(session);
      await until(() => kit.ends.length === 2);
      const closes = [first, second, ...kit.ends].map((end) =>
        once(end, 'close')
      );
      first.close(4001, 'mine');
      kit.ends[1].close(4002, 'yours');
      assert.deepEqual(
        (await Promise.all(closes)).map(([code, reason]) => [
          code,
          `${reason}`
        ]),
        [
          [4001, 'mine'],
          [4002, 'yours'],
          [4001, 'mine'],
          [4002, 'yours']
        ]
      );
      // Streams end; the connection stays for others.
      assert.equal(kit.wss.clients.size, 0);
      const [data] = await says(await kit.open(session), 'still here');
      assert.equal(`${data}`, 'still here');
    });

    it('sends whatever a test makes of the timers', async (t) => {
      const kit = await echo(t);
      const client = await kit.open(await kit.session());
      const { nextTick } = process;
      t.after(() => {
        process.nextTick = nextTick;
      });
      // As fake timers do: what goes by it here never comes.
      process.nextTick = (callback, ...args) => {
        const { stack } = new Error();
        if (!/npm.framewright.lib/.test(stack.split('\n')[2])) {
          nextTick(callback, ...args);
        }
      };
      const [data] = await says(client, 'hello');
      assert.equal(`${data}`, 'hello');
    });

    it('fails a connection with a protocol error as on TCP', async (t) => {
      const kit = await echo(t);
      const client = await kit.open(await kit.session());
      await until(() => kit.ends.length === 1);
      const seen = [];
      kit.ends[0].on('error', ({ code }) => seen.push(code));
      kit.ends[0].on('close', (code) => seen.push(code));
      client.on('close', (code) => seen.push(code));
      client._socket.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0]));
      await until(() => seen.length === 3);
      assert.match(seen[0], /^WS_ERR_/);
      assert.deepEqual(seen.slice(1).sort(), [1002, 1006]);
    });
  });
}
