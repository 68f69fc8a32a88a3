// framewright/metrics: what is counted, and that counting changes nothing.

import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import { once } from 'node:events';
import { describe, it } from 'node:test';

import framewright, { status } from 'framewright';
import { broadcast } from 'framewright/broadcast';
import { heartbeat } from 'framewright/heartbeat';
import { limits } from 'framewright/limits';
import { metrics } from 'framewright/metrics';

import { ManualClock } from '../heartbeat/manual-clock.mjs';
import { loadCopy, NEWEST } from '../lib/ws-copies.mjs';
import { open, until } from '../limits/kit.mjs';

/** Counts for as long as the test takes. */
function count(t, target, options) {
  const counting = metrics(target, options);
  t.after(() => counting.close());
  return counting;
}

for (const [title, ws] of [
  ['ws accelerated', framewright],
  [`ws ${NEWEST}`, loadCopy(NEWEST).WebSocket],
  ['ws 8.5', loadCopy('8.5').WebSocket]
]) {
  describe(title, { timeout: 60_000 }, () => {
    it('counts messages, control frames and bytes', async (t) => {
      const server = await open(t, ws);
      const counting = count(t, server.wss);
      server.wss.on('connection', (end) => {
        end.on('message', (data, isBinary) => {
          end.send(data, { binary: isBinary });
        });
      });
      const client = await server.connect();
      const bystander = await server.connect();
      let got = 0;
      client.on('message', () => got++);
      client.send('grüße');
      client.send('x');
      client.send(Buffer.alloc(300));
      client.ping('here');
      client.pong();
      await until(() => got === 3);
      server.ends[0].send('more');
      server.ends[0].send(12);
      server.ends[0].ping();
      await until(() => got === 5);
      await until(
        () => counting.connection(server.ends[0]).received.pongs === 2
      );

      // Header, mask and payload: 13 + 7, 308, 10 and 6, and a pong of 6.
      const traffic = {
        received: {
          text: { messages: 2, bytes: 8 },
          binary: { messages: 1, bytes: 300 },
          pings: 1,
          pongs: 2,
          wireBytes: 13 + 7 + 308 + 10 + 6 + 6
        },
        sent: {
          text: { messages: 4, bytes: 14 },
          binary: { messages: 1, bytes: 300 },
          pings: 1,
          pongs: 1,
          wireBytes: 9 + 3 + 304 + 6 + 4 + 6 + 2
        }
      };
      assert.deepEqual(counting.connection(server.ends[0]), traffic);
      const { received, sent } = counting.snapshot();
      assert.deepEqual({ received, sent }, traffic);
      assert.equal(counting.connection(server.ends[1]).received.wireBytes, 0);

      // What went over a connection is not forgotten with it.
      client.close(4000);
      await until(() => counting.open === 1);
      assert.equal(counting.connection(server.ends[0]), undefined);
      const after = counting.snapshot();
      assert.deepEqual(after.received.text, traffic.received.text);
      assert.deepEqual(after.connections, {
        handshakes: 2,
        opened: 2,
        open: 1,
        closed: { 4000: 1 },
        errors: {},
        dead: 0
      });
      bystander.terminate();
      await until(() => counting.open === 0);
      assert.deepEqual(counting.snapshot().connections.closed, {
        1006: 1,
        4000: 1
      });
    });

    it('tells errors by their codes, and handles none', async (t) => {
      const server = await open(t, ws);
      const counting = count(t, server.wss);
      const errors = [];
      server.wss.on('connection', (end) => {
        end.on('error', (err) => errors.push(err.code));
      });
      const client = await server.connect();
      client._socket.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0]));
      await until(() => counting.open === 0);
      assert.equal(errors.length, 1);
      assert.deepEqual(counting.snapshot().connections.errors, {
        [errors[0]]: 1
      });
      assert.deepEqual(counting.snapshot().connections.closed, { 1006: 1 });
    });

    it('leaves events and their listeners as they are', async (t) => {
      const server = await open(t, ws);
      const counting = count(t, server.wss);
      const client = await server.connect();
      await until(() => server.ends.length === 1);
      const [end] = server.ends;
      const seen = [];
      end.once('message', function (data, isBinary) {
        seen.push(['once', this === end, `${data}`, isBinary]);
      });
      end.on('message', (...args) => seen.push(['on', args.length]));
      client.send('a');
      client.send('b');
      await until(() => seen.length === 3);
      assert.deepEqual(seen, [
        ['once', true, 'a', false],
        ['on', 2],
        ['on', 2]
      ]);
      end.removeAllListeners('message');
      assert.equal(end.emit('message', Buffer.from('c'), false), false);
      end.onmessage = ({ data, target }) => seen.push([data, target === end]);
      client.send('d');
      await until(() => seen.length === 4);
      assert.deepEqual(seen[3], ['d', true]);
      // What the app emits hasn't come.
      assert.equal(counting.connection(end).received.text.messages, 3);
    });

    it('counts what compression saves', async (t) => {
      const server = await open(t, ws, { perMessageDeflate: { threshold: 0 } });
      const counting = count(t, server.wss);
      const client = await server.connect();
      const message = 'all the same '.repeat(1000);
      let got = 0;
      client.on('message', () => got++);
      await until(() => server.ends.length === 1);
      server.ends[0].send(message);
      client.send(message);
      await until(
        () =>
          got === 1 &&
          counting.connection(server.ends[0]).received.text.messages === 1
      );
      const { received, sent } = counting.snapshot().compression;
      assert.equal(received.bytes, 13000);
      assert.equal(sent.bytes, 13000);
      assert.ok(received.wireBytes > 0 && received.wireBytes < 1000);
      assert.ok(sent.wireBytes > 0 && sent.wireBytes < 1000);
    });
  });
}

describe('metrics', { timeout: 60_000 }, () => {
  it('publish what happens', async (t) => {
    const published = [];
    for (const name of [
      'open',
      'close',
      'error',
      'message:in',
      'message:out'
    ]) {
      const listener = (message, channel) => published.push([channel, message]);
      diagnostics.subscribe(`framewright:${name}`, listener);
      t.after(() => diagnostics.unsubscribe(`framewright:${name}`, listener));
    }
    const server = await open(t, framewright);
    count(t, server.wss);
    // Another that counts the same connection publishes nothing again.
    const other = count(t, server.wss);
    server.wss.on('connection', (end) => {
      end.on('error', () => {});
      end.on('message', (data) => end.send(`${data}!`));
    });
    const client = await server.connect();
    client.send('hello');
    await once(client, 'message');
    client._socket.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0]));
    await until(() => other.open === 0);
    const [end] = server.ends;
    assert.deepEqual(
      published.map(([channel]) => channel.replace('framewright:', '')),
      ['open', 'message:in', 'message:out', 'error', 'close']
    );
    assert.ok(published.every(([, { websocket }]) => websocket === end));
    const [opened, received, sent, failed, closed] = published.map(
      ([, message]) => message
    );
    assert.equal(opened.request.url, '/');
    assert.deepEqual([`${received.data}`, received.isBinary], ['hello', false]);
    assert.deepEqual([sent.data, sent.isBinary], ['hello!', false]);
    assert.match(failed.error.code, /^WS_ERR_/);
    assert.equal(closed.code, 1006);
  });

  it('count broadcasts, slow connections, limits and heartbeats', async (t) => {
    const server = await open(t, framewright);
    limits(server.wss, { connections: { max: 2 } });
    const counting = count(t, server.wss);
    const clock = new ManualClock();
    heartbeat(server.wss, { clock, interval: 1000, timeout: 500 });
    const clients = [await server.connect(), await server.connect()];
    await server.refused();
    await until(() => server.ends.length === 2);

    let got = 0;
    for (const client of clients) client.on('message', () => got++);
    broadcast(server.wss.clients, 'to all');
    await until(() => got === 2);
    assert.deepEqual(counting.snapshot().sent.text, { messages: 2, bytes: 12 });

    while (counting.snapshot().sent.pings < 2) clock.step();
    clock.time += 4;
    await until(() => counting.snapshot().roundTrips.count === 2);
    assert.ok(counting.snapshot().roundTrips.sum >= 8);

    clients[0]._socket.pause();
    server.ends[0].send(Buffer.alloc(32 << 20));
    assert.ok(counting.snapshot().bufferedBytes > 1 << 20);
    broadcast(server.wss.clients, 'more', { slow: 'skip' });
    const { connections, limited, slow } = counting.snapshot();
    assert.deepEqual(slow, { skip: 1 });
    assert.deepEqual(limited, { 'connections refuse': 1 });
    assert.deepEqual(
      [connections.handshakes, connections.opened, connections.open],
      [3, 2, 2]
    );
    server.ends[0].terminate();
  });

  it('time one handler in 64', async (t) => {
    const server = await open(t, framewright);
    const counting = count(t, server.wss);
    const client = await server.connect();
    await until(() => server.ends.length === 1);
    let handled = 0;
    server.ends[0].on('message', () => handled++);
    for (let i = 0; i < 640; i++) client.send('x');
    await until(() => handled === 640);
    const { handlerTime } = counting.snapshot();
    assert.equal(handlerTime.count, 10);
    assert.ok(handlerTime.sum >= 0);
    assert.equal(
      counting.connection(server.ends[0]).received.text.messages,
      640
    );
  });

  it('stop when they are closed, whoever has wrapped what meanwhile', async (t) => {
    const server = await open(t, framewright);
    const first = count(t, server.wss);
    assert.equal(status().metrics.length, 1);
    const client = await server.connect();
    await until(() => server.ends.length === 1);
    const [end] = server.ends;
    const kept = end.send;
    const { emit } = end;
    end.emit = function (...args) {
      return emit.apply(this, args);
    };
    const wrapper = end.emit;
    client.send('counted');
    await once(end, 'message');
    first.close();
    assert.equal(end.emit, wrapper);
    assert.equal(status().metrics, undefined);
    assert.equal(end.send, framewright.prototype.send);

    let got = 0;
    client.on('message', () => got++);
    end.send('a');
    kept.call(end, 'b');
    client.send('not counted');
    await Promise.all([once(end, 'message'), until(() => got === 2)]);
    assert.equal(first.snapshot().received.text.messages, 1);
    assert.equal(first.snapshot().sent.text.messages, 0);

    // Others begin at nothing.
    const second = count(t, server.wss);
    client.send('counted again');
    end.send('c');
    await Promise.all([once(end, 'message'), until(() => got === 3)]);
    const { received, sent } = second.connection(end);
    assert.deepEqual(received.text, { messages: 1, bytes: 13 });
    assert.deepEqual(sent.text, { messages: 1, bytes: 1 });
    assert.equal(received.wireBytes, 19);
  });

  it('leave connections unwrapped with messages: false', async (t) => {
    const server = await open(t, framewright);
    const counting = count(t, [server.wss], { messages: false });
    const client = await server.connect();
    await until(() => server.ends.length === 1);
    assert.equal(Object.hasOwn(server.ends[0], 'send'), false);
    assert.equal(Object.hasOwn(server.ends[0], 'emit'), false);
    client.send('hello');
    await once(server.ends[0], 'message');
    broadcast(server.ends, 'to all');
    await once(client, 'message');
    const { received, sent } = counting.snapshot();
    assert.deepEqual(received.text, { messages: 0, bytes: 0 });
    assert.deepEqual(sent.text, { messages: 0, bytes: 0 });
    assert.equal(received.wireBytes, 11);
    client.close(1000);
    await until(() => counting.open === 0);
    assert.deepEqual(counting.snapshot().connections.closed, { 1000: 1 });
  });

  it('reject unknown targets and options', async () => {
    const server = new framewright.WebSocketServer({ noServer: true });
    assert.throws(() => metrics({}), /target must be/);
    assert.throws(() => metrics(server, { message: true }), {
      name: 'TypeError',
      message: /options\.message is not an option/
    });
    assert.equal(status().metrics, undefined);
  });
});
