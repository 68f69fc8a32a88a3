// framewright/http2: how streams end, and what becomes of their WebSockets.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import { describe, it } from 'node:test';

import framewright from 'framewright';
import { heartbeat } from 'framewright/heartbeat';
import { limits } from 'framewright/limits';
import { metrics } from 'framewright/metrics';

import { ManualClock } from '../heartbeat/manual-clock.mjs';
import { serve, until } from './kit.mjs';

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = http2.constants;

const OPENING = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':scheme': 'https',
  ':path': '/',
  'sec-websocket-version': '13'
};

/** A server, one of its connections, and what both ends saw. */
async function start(t, options) {
  const kit = await serve(t, options);
  kit.wss = new framewright.WebSocketServer({ server: kit.server });
  kit.seen = [];
  kit.ends = [];
  kit.wss.on('connection', (end) => {
    const i = kit.ends.push(end) - 1;
    end.on('error', (err) => kit.seen.push([i, 'error', err.code]));
    end.on('close', (code) => kit.seen.push([i, 'close', code]));
    end.on('message', (data) => end.send(data, { binary: false }));
  });
  return kit;
}

/** A WebSocket as a bare stream, open. */
async function raw(kit, session) {
  const before = kit.ends.length;
  const stream = session.request(OPENING, { endStream: false });
  stream.on('error', () => {});
  const [headers] = await once(stream, 'response');
  assert.equal(headers[':status'], 200);
  await until(() => kit.ends.length === before + 1);
  return { end: kit.ends.at(-1), headers, stream };
}

describe('a WebSocket on HTTP/2', { timeout: 60_000 }, () => {
  it('is accepted without what HTTP/2 has no place for', async (t) => {
    const kit = await start(t);
    const session = await kit.session();
    assert.equal(session.remoteSettings.enableConnectProtocol, true);
    const { headers } = await raw(kit, session);
    assert.deepEqual(Object.keys(headers).sort(), [':status', 'date']);
  });

  it('is reset by a client', async (t) => {
    const kit = await start(t);
    const { stream } = await raw(kit, await kit.session());
    stream.close(NGHTTP2_CANCEL);
    await until(() => kit.seen.length > 0);
    assert.deepEqual(kit.seen, [[0, 'close', 1006]]);
    assert.equal(kit.wss.clients.size, 0);
  });

  it('ends with its stream', async (t) => {
    const kit = await start(t);
    const { stream } = await raw(kit, await kit.session());
    stream.resume();
    const ended = once(stream, 'end');
    stream.end();
    await ended;
    await until(() => stream.destroyed);
    assert.equal(stream.rstCode, NGHTTP2_NO_ERROR);
    await until(() => kit.seen.length > 0);
    assert.deepEqual(kit.seen, [[0, 'close', 1006]]);
  });

  it('is read to its end, though the stream is over', async (t) => {
    const kit = await start(t);
    const { end, stream } = await raw(kit, await kit.session());
    const got = [];
    end.on('message', (data) => got.push(`${data}`));
    end.pause();
    // A masked "hi", and a close frame with 1000.
    stream.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    stream.end(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
    stream.resume();
    await until(() => end._socket.readableLength === 16);
    end.resume();
    await until(() => kit.seen.length > 0);
    assert.deepEqual(got, ['hi']);
    assert.deepEqual(kit.seen, [[0, 'close', 1000]]);
  });

  it('can be read when its stream is closed', async (t) => {
    const kit = await serve(t);
    let socket;
    let closed;
    kit.server.on('upgrade', (req, ofStream) => {
      socket = ofStream;
      closed = once(req.stream, 'close');
      socket.write('HTTP/1.1 101 OK\r\nUpgrade: websocket\r\n');
      socket.end('Connection: Upgrade\r\n\r\nbye');
    });
    const session = await kit.session();
    const stream = session.request(OPENING, { endStream: false });
    stream.end('late');
    assert.equal(Buffer.concat(await stream.toArray()).toString(), 'bye');
    await closed;
    assert.equal(socket.destroyed, false);
    assert.equal(Buffer.concat(await socket.toArray()).toString(), 'late');
  });

  it('is terminated by the server: the stream ends, and others stay', async (t) => {
    const kit = await start(t);
    const session = await kit.session();
    const { end, stream } = await raw(kit, session);
    const other = await raw(kit, session);
    end.terminate();
    await until(() => stream.destroyed);
    assert.equal(stream.rstCode, NGHTTP2_NO_ERROR);
    await until(() => kit.seen.length > 0);
    assert.deepEqual(kit.seen, [[0, 'close', 1006]]);
    assert.equal(other.stream.destroyed, false);
  });

  it('goes on after GOAWAY, and takes no more', async (t) => {
    const kit = await start(t);
    const session = await kit.session();
    const client = await kit.open(session);
    const gone = once(session, 'goaway');
    const [mine] = kit.sessions;
    mine.close();
    await gone;
    client.send('still');
    const [data] = await once(client, 'message');
    assert.equal(`${data}`, 'still');
    client.close(1000);
    await until(() => kit.seen.length > 0);
    assert.deepEqual(kit.seen, [[0, 'close', 1000]]);
    await until(() => mine.destroyed);
  });

  it('is gone with its connection', async (t) => {
    const kit = await start(t);
    const session = await kit.session();
    const clients = [await kit.open(session), await kit.open(session)];
    const closed = clients.map((client) => once(client, 'close'));
    kit.sockets[0].destroy();
    await until(() => kit.seen.length === 2);
    assert.deepEqual(kit.seen.sort(), [
      [0, 'close', 1006],
      [1, 'close', 1006]
    ]);
    for (const [code] of await Promise.all(closed)) assert.equal(code, 1006);
  });

  it('waits for a client that does not read, and lets others pass', async (t) => {
    const kit = await start(t);
    const session = await kit.session();
    const slow = await raw(kit, session);
    const client = await kit.open(session);
    const message = Buffer.alloc(1 << 20, 'x');
    for (let i = 0; i < 8; i++) slow.end.send(message);
    client.send('passes');
    const [data] = await once(client, 'message');
    assert.equal(`${data}`, 'passes');
    assert.ok(slow.end.bufferedAmount > 6 << 20);
    let length = 0;
    slow.stream.on('data', (chunk) => {
      length += chunk.length;
    });
    await until(() => length === 8 * (message.length + 10));
    await until(() => slow.end.bufferedAmount === 0);
  });

  it('is terminated though its client does not read', async (t) => {
    const kit = await start(t);
    const session = await kit.session();
    const { end } = await raw(kit, session);
    const { _socket: socket } = end;
    const { bytesWritten } = socket;
    for (let i = 0; i < 8; i++) end.send(Buffer.alloc(1 << 20));
    assert.equal(socket.bytesWritten - bytesWritten, 8 * ((1 << 20) + 10));
    end.terminate();
    await until(() => kit.seen.length > 0 && kit.streams() === 0);
    assert.deepEqual(kit.seen, [[0, 'close', 1006]]);
    const client = await kit.open(session);
    client.send('passes');
    await once(client, 'message');
  });

  it('stops a client that the app does not read', async (t) => {
    const kit = await start(t);
    const session = await kit.session();
    const client = await kit.open(session);
    const other = await kit.open(session);
    await until(() => kit.ends.length === 2);
    const [end] = kit.ends;
    const got = [];
    end.on('message', (data) => got.push(data.length));
    end.pause();
    for (let i = 0; i < 8; i++) client.send(Buffer.alloc(1 << 20));
    for (let i = 0; i < 200; i++) {
      other.send('passes');
      await once(other, 'message');
    }
    assert.deepEqual(got, []);
    assert.ok(end._socket.readableLength < 256 * 1024);
    assert.ok(client.bufferedAmount > 6 << 20);
    end.resume();
    await until(() => got.length === 8);
  });

  it('has no stream left when all are closed', async (t) => {
    const kit = await start(t);
    const session = await kit.session();
    for (let i = 0; i < 50; i++) {
      const client = await kit.open(session);
      if (i % 2) client.close();
      else client.terminate();
    }
    await until(() => kit.seen.length === 50);
    assert.equal(kit.wss.clients.size, 0);
    await until(() => kit.streams() === 0);
  });

  it('is looked after, limited and counted like any other', async (t) => {
    const kit = await start(t);
    const clock = new ManualClock();
    const beat = heartbeat(kit.wss, { clock, interval: 1000, timeout: 500 });
    limits(kit.wss, { connections: { max: 2 } });
    const counting = metrics(kit.wss);
    t.after(() => counting.close());
    const session = await kit.session();
    const client = await kit.open(session);
    const silent = await raw(kit, session);
    const refused = await kit.refused(session);
    assert.equal(refused.statusCode, 503);
    assert.equal(refused.body, 'Too many connections');

    client.send('hello');
    await once(client, 'message');
    const { received, sent } = counting.connection(kit.ends[0]);
    assert.deepEqual([received.wireBytes, sent.wireBytes], [11, 7]);
    while (beat.counts.pings < 2) clock.step();
    await until(() => beat.counts.pongs === 1);
    while (beat.counts.dead === 0) clock.step();
    silent.stream.resume();
    await until(() => silent.stream.destroyed);
    assert.equal(client.readyState, client.OPEN);
    beat.close();
  });
});
