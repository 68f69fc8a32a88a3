// Chromium opens its WebSockets on the HTTP/2 connection that the page came by.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import framewright from 'framewright';

import {
  launchChromium,
  missingChromium
} from '../browser/support/chromium.mjs';
import { serve } from './kit.mjs';

const skip = missingChromium() ?? false;

describe('Chromium', { skip, timeout: 300_000 }, () => {
  it('has several sockets on one TLS connection', async (t) => {
    const kit = await serve(t, {
      listener: (req, res) => {
        res.setHeader('Content-Type', 'text/html');
        res.end('<!doctype html><title>page</title>');
      }
    });
    const wss = new framewright.WebSocketServer({
      server: kit.server,
      perMessageDeflate: { threshold: 0 },
      handleProtocols: (protocols) => [...protocols].at(-1)
    });
    const requests = [];
    wss.on('connection', (ws, req) => {
      requests.push(req);
      ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
    });
    const browser = await launchChromium();
    t.after(() => browser.close());
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`${kit.origin}/`);
    const answers = await page.evaluate(async (url) => {
      const one = (i) =>
        new Promise((resolve, reject) => {
          const ws = new WebSocket(url + i, ['a', 'b']);
          const got = [];
          ws.binaryType = 'arraybuffer';
          ws.onopen = () => {
            ws.send(`text ${i}`);
            ws.send(new Uint8Array(200_000).fill(i));
          };
          ws.onmessage = ({ data }) => {
            got.push(data);
            if (got.length === 2) ws.close(4000 + i, 'done');
          };
          ws.onerror = () => reject(new Error(`socket ${i} failed`));
          ws.onclose = ({ code, reason, wasClean }) => {
            const bytes = new Uint8Array(got[1]);
            resolve({
              code,
              reason,
              wasClean,
              text: got[0],
              length: bytes.length,
              isRight: bytes.every((byte) => byte === i),
              protocol: ws.protocol,
              extensions: ws.extensions
            });
          };
        });
      return Promise.all([1, 2, 3, 4, 5].map(one));
    }, `wss://127.0.0.1:${kit.port}/`);

    answers.forEach((answer, i) => {
      assert.deepEqual(answer, {
        code: 4001 + i,
        reason: 'done',
        wasClean: true,
        text: `text ${i + 1}`,
        length: 200_000,
        isRight: true,
        protocol: 'b',
        extensions: 'permessage-deflate'
      });
    });
    assert.deepEqual(
      requests.map(({ httpVersion, url }) => [httpVersion, url]).sort(),
      ['/1', '/2', '/3', '/4', '/5'].map((url) => ['2.0', url])
    );
    const sessions = new Set(requests.map(({ stream }) => stream.session));
    assert.equal(sessions.size, 1);
    assert.equal(requests[0].headers.origin, kit.origin);
  });
});
