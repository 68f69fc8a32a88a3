// `framewright proxy` before HTTP servers: bodies and responses, in time and as they were.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';

import { HOST, LIMIT, connect, readAll, serveHttp, until } from './setup.mjs';

const STORED = 'GET /x HTTP/1.1\r\nHost: keep.me\r\n\r\n';

for (const secure of [false, true]) {
  const serve = (t, onRequest) => serveHttp(t, secure, onRequest);

  describe(secure ? 'a proxy that speaks TLS' : 'a proxy', () => {
    it('forwards the parts of a body as they come', LIMIT, async (t) => {
      const proxy = await serve(t, async (req, res) => {
        res.write('go');
        res.end(await text(req));
      });
      for (const body of [
        '{"a":1}',
        'I am here',
        'HELLO',
        'SELECT 1;',
        'GET /',
        STORED
      ]) {
        for (const headers of [{ 'Content-Length': body.length }, {}]) {
          const req = http.request({
            agent: false,
            headers,
            host: HOST,
            method: 'POST',
            port: proxy.port
          });
          req.flushHeaders();
          const [res] = await once(req, 'response');
          await once(res, 'readable');
          assert.equal(String(res.read()), 'go');
          req.end(body);
          assert.equal(await text(res), body);
        }
      }
    });

    it('sends each piece of a body on as it comes', LIMIT, async (t) => {
      const proxy = await serve(t, (req, res) => {
        res.flushHeaders();
        req.pipe(res);
      });
      const pieces = ['H', 'GET', 'GET / HTTP/1.1\r\n', 'POST ', 'A'];
      const req = http.request({
        agent: false,
        headers: { 'Content-Length': pieces.join('').length },
        host: HOST,
        method: 'POST',
        port: proxy.port
      });
      req.flushHeaders();
      const [res] = await once(req, 'response');
      const ended = once(res, 'end');
      for (const piece of pieces) {
        req.write(piece);
        const [echo] = await once(res, 'data');
        assert.equal(String(echo), piece);
      }
      req.end();
      await ended;
    });

    it('passes on request after request with one Host', LIMIT, async (t) => {
      const seen = [];
      const proxy = await serve(t, async (req, res) => {
        const { headers, method, url } = req;
        const entry = [`${method} ${url}`, headers.host];
        seen.push(entry);
        entry.push(await text(req), req.trailers);
        if (url === '/304') res.statusCode = 304;
        res.end('ok');
      });
      const Host = `Host: ${HOST}:${proxy.port}`;
      const length = `Content-Length: ${STORED.length}`;
      const size = STORED.length.toString(16);
      const socket = connect(t, proxy.port);
      socket.write(
        [
          `GET /1 HTTP/1.1\r\n${Host}\r\n\r\n`,
          `POST /2 HTTP/1.1\r\n${Host}\r\n${length}\r\n\r\n${STORED}`,
          `HEAD /3 HTTP/1.1\r\n${Host}\r\n\r\n`,
          `POST /4 HTTP/1.1\r\n${Host}\r\nTransfer-Encoding: chunked\r\n\r\n`,
          `${size};a="${Host}"\r\n${STORED}\r\n0\r\nX-Sum: 7\r\n\r\n`,
          `GET /304 HTTP/1.1\r\n${Host}\r\n\r\n`,
          `POST /5 HTTP/1.1\r\n${Host}\r\nUpgrade: h2c\r\nConnection: upgrade\r\n${length}\r\n\r\n${STORED}`,
          `GET /6 HTTP/1.1\r\n${Host}\r\nConnection: close\r\n\r\n`
        ].join('')
      );
      const responses = (await readAll(socket)).toString();
      assert.equal(responses.match(/HTTP\/1\.1 200 OK/g).length, 6);
      const host = secure ? proxy.host : `${HOST}:${proxy.port}`;
      assert.deepEqual(seen, [
        ['GET /1', host, '', {}],
        ['POST /2', host, STORED, {}],
        ['HEAD /3', host, '', {}],
        ['POST /4', host, STORED, { 'x-sum': '7' }],
        ['GET /304', host, '', {}],
        ['POST /5', host, STORED, {}],
        ['GET /6', host, '', {}]
      ]);
    });

    it('passes on what comes before a response', LIMIT, async (t) => {
      const proxy = await serve(t);
      proxy.server.on('checkContinue', async (req, res) => {
        if (req.url === '/no') return res.writeHead(417).end('no');
        res.writeProcessing();
        res.writeContinue();
        res.end(`thanks for ${await text(req)}`);
      });
      const ask = (path) => {
        const req = http.request({
          agent: false,
          headers: { 'Content-Length': 9, Expect: '100-continue' },
          host: HOST,
          method: 'PUT',
          path,
          port: proxy.port
        });
        req.on('error', () => {});
        req.flushHeaders();
        return req;
      };
      const req = ask('/');
      const processing = once(req, 'information');
      await once(req, 'continue');
      assert.equal((await processing)[0].statusCode, 102);
      req.end('I am here');
      const [res] = await once(req, 'response');
      assert.equal(await text(res), 'thanks for I am here');

      const refused = ask('/no');
      const [{ statusCode }] = await once(refused, 'response');
      assert.equal(statusCode, 417);
      refused.destroy();
    });

    it('shows events while the response is open', LIMIT, async (t) => {
      let response;
      const proxy = await serve(t, (req, res) => {
        response = res;
        res.writeHead(200, { 'Content-Type': 'text/event-stream' });
        res.write('data: 1\n\n');
      });
      const [res] = await once(
        http.get({ agent: false, host: HOST, port: proxy.port }),
        'response'
      );
      for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
        const [data] = await once(res, 'data');
        assert.equal(String(data), event);
        response.write(`data: ${Number(event[6]) + 1}\n\n`);
      }
      res.destroy();
      await once(response, 'close');
    });

    it('takes long bodies both ways', LIMIT, async (t) => {
      const proxy = await serve(t, (req, res) => req.pipe(res));
      const body = randomBytes(20_000_000);
      const req = http.request({
        agent: false,
        host: HOST,
        method: 'POST',
        port: proxy.port
      });
      req.end(body);
      const [res] = await once(req, 'response');
      const hash = createHash('sha256');
      await pipeline(res, hash);
      assert.equal(
        hash.digest('hex'),
        createHash('sha256').update(body).digest('hex')
      );
    });

    it('passes on aborts of clients and servers', LIMIT, async (t) => {
      const proxy = await serve(t, (req, res) => {
        if (req.url === '/reset') {
          res.write('half of it');
          req.once('data', () => req.socket.destroy());
        } else {
          req.on('error', ({ code }) => errors.push(code)).resume();
          res.write('go');
        }
      });
      const errors = [];
      const ask = (path) => {
        const req = http.request({
          agent: false,
          host: HOST,
          method: 'POST',
          path,
          port: proxy.port
        });
        req.on('error', () => {});
        req.flushHeaders();
        return req;
      };
      const req = ask('/');
      await once(req, 'response');
      req.write('some');
      req.destroy();
      await until(t, () => errors.length > 0);
      assert.deepEqual(errors, ['ECONNRESET']);

      const other = ask('/reset');
      const [res] = await once(other, 'response');
      other.write('now');
      await assert.rejects(text(res), { code: 'ECONNRESET' });
    });
  });
}
