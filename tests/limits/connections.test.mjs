// framewright/limits: how many connections there may be, in all and from one address.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { describe, it } from 'node:test';

import framewright from 'framewright';
import websockify from 'framewright/koa';
import { limits } from 'framewright/limits';
import Koa from 'koa';

import { loadCopy } from '../lib/ws-copies.mjs';
import { open, until } from './kit.mjs';

for (const [title, ws] of [
  ['ws accelerated', framewright],
  ['ws 8.5', loadCopy('8.5').WebSocket]
]) {
  describe(title, { timeout: 60_000 }, () => {
    it('refuses one too many, until another has left', async (t) => {
      const server = await open(t, ws);
      const told = [];
      const limited = limits(server.wss, {
        connections: { max: 2 },
        onLimit: (event) => told.push(event)
      });
      const first = await server.connect();
      await server.connect();
      assert.equal(await server.refused(), 503);
      assert.equal(limited.connections, 2);
      assert.equal(limited.counts.refuse, 1);
      assert.equal(told.length, 1);
      assert.equal(told[0].limit, 'connections');
      assert.equal(told[0].action, 'refuse');
      assert.equal(told[0].address, '127.0.0.1');
      assert.equal(told[0].request.url, '/');
      assert.equal(told[0].websocket, undefined);

      first.close();
      await until(() => limited.connections === 1);
      await server.connect();
      assert.equal(server.taken, 3);
      limited.close();
      await server.connect();
    });

    for (const [name, code] of [
      ['connections', 1013],
      ['connectionsPerAddress', 1008]
    ]) {
      it(`closes with ${code}, and the app sees nothing of it`, async (t) => {
        const server = await open(t, ws);
        const limited = limits(server.wss, {
          [name]: { max: 1, over: 'close' }
        });
        await server.connect();
        const client = await server.connect();
        const [got, reason] = await once(client, 'close');
        assert.equal(got, code);
        assert.equal(String(reason), 'Too many connections');
        assert.equal(server.taken, 1);
        await until(() => limited.connections === 1);
        assert.equal(limited.counts.close, 1);
      });
    }

    it('terminates a connection over the limit', async (t) => {
      const server = await open(t, ws);
      limits(server.wss, { connections: { max: 0, over: 'drop' } });
      const client = server.client();
      const [code] = await once(client, 'close');
      assert.equal(code, 1006);
      assert.equal(server.taken, 0);
    });

    it('closes those whose handshakes raced', async (t) => {
      const waiting = [];
      const server = await open(t, ws, {
        verifyClient: (info, cb) => waiting.push(cb)
      });
      limits(server.wss, { connections: { max: 1 } });
      const clients = [server.client(), server.client(), server.client()];
      const codes = clients.map(
        async (client) => (await once(client, 'close'))[0]
      );
      await until(() => waiting.length === 3);
      for (const cb of waiting) cb(true);
      await until(() => server.taken === 1);
      // Whichever came first stays.
      const [a, b] = await Promise.all([
        Promise.any(codes),
        new Promise((resolve) => {
          let left = 2;
          for (const code of codes) {
            code.then((code) => --left === 0 && resolve(code));
          }
        })
      ]);
      assert.deepEqual([a, b], [1013, 1013]);
      assert.equal(clients.filter((c) => c.readyState === c.OPEN).length, 1);
    });
  });
}

describe('the address that is limited', { timeout: 60_000 }, () => {
  const max = { connectionsPerAddress: { max: 1 } };

  it('is taken from the fields of trusted proxies', async (t) => {
    const server = await open(t, framewright);
    const told = [];
    const limited = limits(server.wss, {
      ...max,
      trustProxy: ['loopback', '10.0.0.0/8'],
      onLimit: ({ address }) => told.push(address)
    });
    await server.connect('203.0.113.1');
    await server.connect('203.0.113.2');
    // Anybody can send such a field; what the proxies put after it counts.
    assert.equal(await server.refused('192.0.2.9, 203.0.113.1'), 429);
    assert.equal(await server.refused('203.0.113.2, 10.1.2.3'), 429);
    assert.deepEqual(told, ['203.0.113.1', '203.0.113.2']);
    assert.equal(limited.connections, 2);
  });

  it('is free again when a connection closes', async (t) => {
    const server = await open(t, framewright);
    const limited = limits(server.wss, { connectionsPerAddress: { max: 3 } });
    const clients = [];
    for (let i = 0; i < 3; i++) clients.push(await server.connect());
    assert.equal(await server.refused(), 429);
    clients[0].close();
    await until(() => limited.connections === 2);
    await server.connect();
    assert.equal(await server.refused(), 429);
  });

  it('is that of the socket where no proxy is trusted', async (t) => {
    const server = await open(t, framewright);
    limits(server.wss, max);
    await server.connect('203.0.113.1');
    assert.equal(await server.refused('203.0.113.2'), 429);
  });

  it('counts IPv6 by network, and IPv4 the same in every notation', async (t) => {
    const server = await open(t, framewright);
    limits(server.wss, { ...max, trustProxy: () => true });
    await server.connect('2001:db8:0:1::1');
    assert.equal(await server.refused('2001:db8:0:1:ffff::2'), 429);
    await server.connect('2001:db8:0:2::1');
    await server.connect('198.51.100.7');
    assert.equal(await server.refused('::ffff:198.51.100.7'), 429);
    await server.connect('not an address');
    assert.equal(await server.refused('not an address'), 429);
  });
});

it('a Koa app, by ctx.upgrade() too', { timeout: 60_000 }, async (t) => {
  const app = websockify(new Koa());
  app.use(async (ctx) => (await ctx.upgrade()).send('in'));
  limits(app, { connections: { max: 1 } });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${server.address().port}`;
  const client = new framewright(url);
  t.after(() => {
    client.terminate();
    server.close();
  });
  await once(client, 'message');
  const second = new framewright(url);
  second.on('error', () => {});
  const [, response] = await once(second, 'unexpected-response');
  assert.equal(response.statusCode, 503);
  second.terminate();
});

it('rejects unknown targets and options', () => {
  const server = new framewright.WebSocketServer({
    server: http.createServer()
  });
  const client = Object.assign(new framewright('ws://127.0.0.1:1'));
  client.on('error', () => {});
  for (const [target, options, message] of [
    [{}, { connections: { max: 1 } }, /target must be/],
    [server, {}, /must have a limit/],
    [server, undefined, /options must be an object/],
    [server, { connection: { max: 1 } }, /options\.connection is not an/],
    [server, { connections: 5 }, /options\.connections must be an object/],
    [server, { connections: { max: 1.5 } }, /options\.connections\.max/],
    [server, { connections: { max: 1, than: 2 } }, /connections\.than is not/],
    [server, { connections: { max: 1, over: 'skip' } }, /refuse, close, drop/],
    [server, { messages: { perSecond: 0 } }, /messages\.perSecond must be/],
    [server, { messages: { perSecond: 0.5 } }, /messages\.burst must be/],
    [server, { messages: { perSecond: 5, over: 'refuse' } }, /pause, skip/],
    [server, { bytes: { perSecond: 5, burst: -1 } }, /bytes\.burst must be/],
    [server, { bytes: { perSecond: 5 }, trustProxy: 5 }, /trustProxy must be/],
    [server, { bytes: { perSecond: 5 }, trustProxy: ['x'] }, /invalid IP/],
    [server, { bytes: { perSecond: 5 }, onLimit: 5 }, /onLimit must be/],
    [client, { connections: { max: 5 } }, /for a server/]
  ]) {
    assert.throws(() => limits(target, options), {
      name: 'TypeError',
      message
    });
  }
});
