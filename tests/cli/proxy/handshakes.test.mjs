// `framewright proxy` before HTTP servers: what it refuses, and handshakes among other requests.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';

import { RecordType } from '../../../npm/inspector/src/live/decoder.js';
import { Watch } from '../../tap/support/watch.mjs';
import { TEXT, frame } from '../../lib/frames.mjs';
import {
  HOST,
  LIMIT,
  connect,
  readAll,
  serveHttp,
  start,
  tcpServer,
  until
} from './setup.mjs';

const STORED = 'GET /x HTTP/1.1\r\nHost: keep.me\r\n\r\n';

for (const secure of [false, true]) {
  const serve = (t, onRequest) => serveHttp(t, secure, onRequest);

  describe(secure ? 'a proxy that speaks TLS' : 'a proxy', () => {
    it(
      'refuses an unreadable request after answering those before it',
      LIMIT,
      async (t) => {
        const seen = [];
        const proxy = await serve(t, (req, res) => {
          seen.push(req.url);
          setImmediate(() => res.end(`you asked for ${req.url}`));
        });
        const good = `GET /good HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
        const faulty = [
          [`GET /x HTTP/1.1\r\nX: a\rHost: evil\r\nHost: b\r\n\r\n`, 400],
          [
            `GET /x HTTP/1.1\r\nHost: b\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
            431
          ],
          ['CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', 501]
        ];
        for (const [request, status] of faulty) {
          for (const before of ['', good, good + good]) {
            seen.length = 0;
            const socket = connect(t, proxy.port);
            // More of it than the socket's buffers take.
            socket.write(before + request + 'x'.repeat(3_000_000));
            const all = (await readAll(socket)).toString();
            const expected = before.length / good.length;
            const [first, ...rest] = all.split(/(?=HTTP\/1\.1 )/).toReversed();
            assert.match(first, new RegExp(`^HTTP/1\\.1 ${status} `));
            assert.match(first, /\r\nConnection: close\r\n/);
            assert.match(first, /\r\n\r\nThe proxy .+\n$/);
            assert.equal(rest.length, expected);
            for (const response of rest) {
              assert.match(response, /you asked for \/good/);
            }
            assert.deepEqual(seen, Array(expected).fill('/good'));
          }
        }
      }
    );

    it('shows handshakes between other requests', LIMIT, async (t) => {
      const frames = frame({ opcode: TEXT, payload: Buffer.from('welcome') });
      const proxy = await serve(t, async (req, res) => {
        const { headers, method, url } = req;
        const body = method === 'GET' ? '' : await text(req);
        res.end(`${url} of ${headers.host}: ${body}`);
      });
      proxy.server.on('upgrade', (req, socket, head) => {
        if (req.url === '/no') {
          const body = `no, says ${req.headers.host}`;
          // Node leaves the socket to this, which goes on with HTTP.
          socket.write(
            `HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\n\r\n${body}`
          );
          proxy.server.emit(secure ? 'secureConnection' : 'connection', socket);
          if (head.length > 0) socket.unshift(head);
          return;
        }
        socket.on('error', () => {});
        socket.write(
          Buffer.concat([
            Buffer.from(
              'HTTP/1.1 101 Switching Protocols\r\nupgrade:  WebSocket\r\n\r\n'
            ),
            frames
          ])
        );
        if (head.length > 0) socket.write(head);
        socket.pipe(socket);
      });
      const watch = await Watch.open(proxy.base);
      t.after(() => watch.close());
      const upgrade = (path) =>
        `GET ${path} HTTP/1.1\r\nHOST:${HOST}\r\nconnection: upgrade\r\nUpgrade: websocket\r\n\r\n`;
      const early = frame({
        opcode: TEXT,
        payload: Buffer.from('I am early'),
        maskingKey: Buffer.from([9, 8, 7, 6])
      });
      const host = secure ? proxy.host : HOST;
      const socket = connect(t, proxy.port);
      let received = Buffer.alloc(0);
      socket.on('data', (bytes) => {
        received = Buffer.concat([received, bytes]);
      });
      const receives = async (bytes) => {
        while (!received.includes(bytes)) await once(socket, 'data');
      };
      const post = `POST /2 HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${STORED.length}\r\n\r\n`;
      const get = `GET /1 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
      socket.write(get + upgrade('/no') + post + STORED);
      await receives(`/1 of ${host}: `);
      await receives(`no, says ${host}`);
      await receives(`/2 of ${host}: ${STORED}`);
      socket.write(Buffer.concat([Buffer.from(upgrade('/yes')), early]));
      await receives(early);
      socket.end();
      await watch.until(() => watch.all(RecordType.CLOSE).length === 2);
      const refused = watch.opened('/no');
      const opened = watch.opened('/yes');
      assert.match(Buffer.from(refused.response).toString(), / 403 /);
      assert.equal(
        Buffer.from(opened.request).toString(),
        upgrade('/yes').replace(`HOST:${HOST}`, `HOST:${host}`)
      );
      assert.match(
        Buffer.from(opened.response).toString(),
        /\r\nupgrade: {2}WebSocket\r\n\r\n$/
      );
      assert.ok(watch.bytes(opened.conn, false).equals(early));
      assert.ok(
        watch.bytes(opened.conn, true).equals(Buffer.concat([frames, early]))
      );
    });
  });
}

const UPGRADE = `GET /chat HTTP/1.1\r\nHost: ${HOST}\r\nUpgrade: websocket\r\n\r\n`;

it('forwards the client after the server has ended', LIMIT, async (t) => {
  const heard = [];
  const port = await tcpServer(t, async (socket) => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    heard.push((await readAll(socket)).toString());
  });
  const proxy = await start(t, port);
  const good = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
  for (const late of ['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 'no HTTP']) {
    heard.length = 0;
    const socket = connect(t, proxy.port, { allowHalfOpen: true });
    socket.write(good);
    assert.match((await readAll(socket)).toString(), /\r\n\r\nok$/);
    socket.end(late);
    await once(socket, 'close');
    await until(t, () => heard.length > 0);
    assert.deepEqual(heard, [good]);
  }
});

it('does not wait for a response that cannot come', LIMIT, async (t) => {
  const heard = [];
  const port = await tcpServer(t, async (socket) => {
    socket.once('data', () => socket.end());
    heard.push((await readAll(socket)).toString());
  });
  const proxy = await start(t, port);
  const socket = connect(t, proxy.port, { allowHalfOpen: true });
  socket.write(`${UPGRADE}early`);
  await readAll(socket);
  socket.end(' late');
  await once(socket, 'close');
  await until(t, () => heard.length > 0);
  assert.deepEqual(heard, [`${UPGRADE}early late`]);
});

it('passes on an end and a reset before the response', LIMIT, async (t) => {
  const ends = [];
  const port = await tcpServer(t, (socket) => {
    socket.on('error', ({ code }) => ends.push(code));
    socket.on('end', () => {
      ends.push('end');
      socket.end('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n');
    });
    socket.on('data', () => socket.write('HTTP/1.1 102 Yes\r\n\r\n'));
  });
  const proxy = await start(t, port);
  const ender = connect(t, proxy.port, { allowHalfOpen: true });
  ender.end(UPGRADE);
  assert.match((await readAll(ender)).toString(), /^HTTP\/1.1 102 .* 503 /s);
  assert.deepEqual(ends, ['end']);

  const resetter = connect(t, proxy.port);
  resetter.write(`${UPGRADE}early`);
  await once(resetter, 'data');
  resetter.resetAndDestroy();
  await until(t, () => ends.length > 1);
  assert.deepEqual(ends, ['end', 'ECONNRESET']);
});
