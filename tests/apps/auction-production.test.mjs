// What the auction uses in production, and the flags that turn it off.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';

import WebSocket from 'ws';

import { startSilentProxy } from '../heartbeat/silent-proxy.mjs';
import { credentials } from '../http2/kit.mjs';
import { connect, tunnel } from '../http2/tunnel.mjs';
import { AUCTION, startExample } from './support/examples.mjs';

/** Starts an auction for one test. */
async function start(t, ...args) {
  const auction = await startExample(AUCTION, args);
  t.after(() => auction.app.stop());
  const { host, port } = new URL(auction.url);
  return { ...auction, host, port: Number(port) };
}

/** A visitor of the auction, who has entered. */
async function enter(t, port, name, options = {}) {
  const socket = new WebSocket(
    `${options.protocol ?? 'ws'}://127.0.0.1:${port}/live`,
    options
  );
  let told = [];
  socket.on('error', () => {});
  socket.on('message', (data) => told.push(JSON.parse(data)));
  t.after(() => socket.terminate());
  await once(socket, 'open');
  const token = Buffer.from(name).toString('hex').padEnd(32, '0');
  socket.send(JSON.stringify({ type: 'hello', token, name }));
  const visitor = {
    socket,
    /** Waits for a message, and forgets those before. */
    async hears(condition) {
      for (;;) {
        const index = told.findIndex(condition);
        if (index >= 0) {
          told = told.slice(index + 1);
          return;
        }
        await once(socket, 'message');
      }
    }
  };
  await visitor.hears(({ type }) => type === 'welcome');
  return visitor;
}

const listed =
  (count) =>
  ({ type, people }) =>
    type === 'people' && people.listed.length === count;

describe('the auction', { timeout: 120_000 }, () => {
  it('drops who is gone without a word', async (t) => {
    const { port } = await start(t, '--heartbeat-seconds', '1');
    const proxy = await startSilentProxy(port);
    t.after(() => proxy.close());
    const ann = await enter(t, port, 'a');
    await enter(t, proxy.port, 'b');
    await ann.hears(listed(2));
    proxy.silence(0);
    await ann.hears(listed(1));
    assert.equal(ann.socket.readyState, WebSocket.OPEN);
  });

  it('lets no address have too many', async (t) => {
    const { port } = await start(t, '--connections-per-address', '2');
    await enter(t, port, 'a');
    await enter(t, port, 'b');
    const third = new WebSocket(`ws://127.0.0.1:${port}/live`);
    third.on('error', () => {});
    const [, response] = await once(third, 'unexpected-response');
    assert.equal(response.statusCode, 429);
    third.terminate();
  });

  it('tells its figures, unless told not to', async (t) => {
    const { url, port } = await start(t);
    await enter(t, port, 'a');
    const text = await (await fetch(new URL('/metrics', url))).text();
    assert.match(text, /^framewright_connections 1$/m);
    assert.match(text, /^framewright_received_messages_total{type="text"} 1$/m);

    const quiet = await start(t, '--no-metrics');
    const { status } = await fetch(new URL('/metrics', quiet.url));
    assert.equal(status, 404);
  });

  it('has no limits and no heartbeat where they are 0', async (t) => {
    const { port } = await start(
      t,
      ...['--connections-per-address', '0', '--heartbeat-seconds', '0']
    );
    for (let i = 0; i < 110; i++) await enter(t, port, `v${i}`);
  });

  it('is reached by HTTP/2, and HTTP/1.1, with a certificate', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'auction-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const { cert, key } = await credentials();
    writeFileSync(path.join(folder, 'cert.pem'), cert);
    writeFileSync(path.join(folder, 'key.pem'), key);
    const { port, url } = await start(
      t,
      ...['--cert', path.join(folder, 'cert.pem')],
      ...['--key', path.join(folder, 'key.pem')]
    );
    assert.match(url, /^https:/);
    const session = await connect(url);
    t.after(() => session.close());
    await enter(t, port, 'a', { createConnection: tunnel(session) });
    await enter(t, port, 'b', { createConnection: tunnel(session) });
    await enter(t, port, 'c', { protocol: 'wss', rejectUnauthorized: false });
    const page = session.request({ ':path': '/' });
    const [{ ':status': status }] = await once(page, 'response');
    assert.equal(status, 200);
    page.close();
  });
});
