// Watchers come late, read slowly, go away; the app never notices.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { it } from 'node:test';

import { RecordType } from '../../npm/inspector/src/live/decoder.js';
import { BINARY, TEXT, frame } from '../lib/frames.mjs';
import { loadAccelerated, loadCopy } from '../lib/ws-copies.mjs';
import {
  HOST,
  RawClient,
  TOKEN,
  Watch,
  cookieOf,
  listen,
  request
} from './support/watch.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');

const LIMIT = { timeout: 120_000 };
const MIB = 1024 * 1024;
const maskingKey = Buffer.from([1, 2, 3, 4]);
const HELLO = frame({
  opcode: TEXT,
  payload: Buffer.from('hello'),
  maskingKey
});

async function serve(t, { options, copy = loadAccelerated('8.23') } = {}) {
  const server = http.createServer((req, res) => res.end('app'));
  const inspection = inspect(server, { token: TOKEN, ...options });
  const wss = new copy.WebSocketServer({ server, maxPayload: 128 * MIB });
  wss.on('connection', (ws) => {
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
    ws.on('error', () => {});
  });
  const port = await listen(t, server);
  const base = `http://${HOST}:${port}/__frames/`;
  return { base, inspection, port, server, wss };
}

async function watch(t, base) {
  const watch = await Watch.open(base);
  t.after(() => watch.close());
  return watch;
}

async function sayHello(client) {
  const { receivedLen } = client;
  client.write(HELLO);
  await client.receives(receivedLen + 7);
}

for (const load of [loadCopy, loadAccelerated]) {
  it(
    `leaves no trace where nobody watches (${load.name})`,
    LIMIT,
    async (t) => {
      const { base, port, wss } = await serve(t, { copy: load('8.23') });
      const client = await RawClient.open(port);
      await sayHello(client);
      const [{ _socket: socket }] = wss.clients;
      const traces = () =>
        ['push', '_write', '_writev'].filter(
          (name) => socket[name] !== net.Socket.prototype[name]
        );
      assert.deepEqual(traces(), []);

      const one = await watch(t, base);
      const two = await watch(t, base);
      assert.deepEqual(traces(), ['push', '_write', '_writev']);
      one.close();
      await sayHello(client);
      await two.until(() => two.all(RecordType.CHUNK_OUT).length === 1);
      assert.deepEqual(traces(), ['push', '_write', '_writev']);
      const { push } = socket;
      two.close();
      while (traces().length > 0) await sayHello(client);
      // Who has wrapped it meanwhile goes on with that.
      socket.push = push;
      await sayHello(client);
    }
  );
}

it('shows connections that were open before, from now on', LIMIT, async (t) => {
  const { base, port } = await serve(t);
  const client = await RawClient.open(port, '/early');
  await sayHello(client);
  // The beginning of a frame, whose rest comes later.
  client.write(HELLO.subarray(0, 4));
  await sayHello(await RawClient.open(port, '/other'));

  const late = await watch(t, base);
  client.write(HELLO.subarray(4));
  await client.receives(14);
  await late.until(() => late.all(RecordType.CHUNK_OUT).length === 1);
  const opened = late.opened('/early');
  assert.equal(opened.isMidstream, true);
  assert.equal(Buffer.from(opened.request).toString(), client.request);
  assert.equal(Buffer.from(opened.response).toString(), client.response);
  // What came before is told, too.
  const [mark] = late.all(RecordType.MARK);
  assert.deepEqual([mark.conn, mark.how, mark.len], [opened.conn, 1, 4]);
  assert.ok(late.bytes(opened.conn, false).equals(HELLO));
  assert.ok(late.bytes(opened.conn, true).equals(client.received.subarray(7)));
  assert.equal(late.opened('/other').isMidstream, true);

  await sayHello(await RawClient.open(port, '/later'));
  await late.until(() => late.opened('/later'));
  assert.equal(late.opened('/later').isMidstream, false);
});

it('shows clients that a WebSocketServer had before', LIMIT, async (t) => {
  const { WebSocketServer } = loadCopy('8.23');
  const wss = new WebSocketServer({ host: HOST, port: 0 });
  wss.on('connection', (ws) => ws.on('message', (data) => ws.send(`${data}`)));
  const port = await listen(t, wss._server);
  const client = await RawClient.open(port);
  await sayHello(client);
  inspect(wss, { token: TOKEN });
  const late = await watch(t, `http://${HOST}:${port}/__frames/`);
  await sayHello(client);
  await late.until(() => late.all(RecordType.CHUNK_OUT).length === 1);
  const [opened] = late.all(RecordType.OPEN);
  assert.equal(opened.isMidstream, true);
  assert.equal(opened.request.length, 0);
  assert.ok(late.bytes(opened.conn, false).equals(HELLO));
});

it('says who closed a connection', LIMIT, async (t) => {
  const { base, port, wss } = await serve(t);
  const watcher = await watch(t, base);
  const by = async (path) => {
    await watcher.until(() => {
      const opened = watcher.opened(path);
      return opened && watcher.closed(opened.conn);
    });
    return watcher.closed(watcher.opened(path).conn).by;
  };

  (await RawClient.open(port, '/client')).socket.end();
  assert.equal(await by('/client'), 1);

  await RawClient.open(port, '/server');
  for (const client of wss.clients) client.terminate();
  assert.equal(await by('/server'), 2);

  (await RawClient.open(port, '/reset')).socket.resetAndDestroy();
  assert.equal(await by('/reset'), 3);
});

it('shows a handshake that is refused', LIMIT, async (t) => {
  const { base, port, wss } = await serve(t);
  wss.options.verifyClient = () => false;
  const watcher = await watch(t, base);
  const client = await RawClient.open(port, '/refused');
  await client.closes();
  await watcher.until(() => watcher.all(RecordType.CLOSE).length === 1);
  const { conn, request, response } = watcher.opened('/refused');
  assert.equal(Buffer.from(request).toString(), client.request);
  assert.match(Buffer.from(response).toString(), /^HTTP\/1\.1 401 /);
  assert.equal(watcher.bytes(conn, true).length, 0);
});

it('counts and tells what a slow watcher misses', LIMIT, async (t) => {
  const options = { bufferLength: 256 * 1024 };
  const { base, port } = await serve(t, { options });
  const slow = await watch(t, base);
  const keen = await watch(t, base);
  slow.pause();

  const paths = ['/a', '/b', '/c'];
  const clients = await Promise.all(
    paths.map((path) => RawClient.open(port, path))
  );
  const payload = Buffer.alloc(60_000, 'x');
  const message = frame({ opcode: BINARY, payload, maskingKey });
  const rounds = 200;
  for (let round = 1; round <= rounds; round++) {
    for (const client of clients) client.write(message);
    for (const client of clients) await client.receives(round * 60_004);
  }

  slow.resume();
  for (const client of clients) client.socket.end();
  for (const watcher of [slow, keen]) {
    await watcher.until(() => watcher.all(RecordType.CLOSE).length === 3);
    // Drops are told last, once a second.
    await watcher.until(({ records }) => {
      const told = watcher.all(RecordType.DROPS).at(-1)?.bytes ?? 0;
      const lost = records
        .filter(({ type }) => type === RecordType.GAP)
        .reduce((sum, { lost }) => sum + lost, 0);
      return told === lost;
    });
    accountsForAll(watcher, paths, {
      sent: rounds * message.length,
      received: rounds * 60_004
    });
  }
  assert.ok(slow.all(RecordType.DROPS).length > 0, 'the slow one missed some');
});

/** Every byte was shown, or is in a gap that was told in its place. */
function accountsForAll(watcher, paths, { received, sent }) {
  let lostInAll = 0;
  for (const path of paths) {
    const { conn } = watcher.opened(path);
    for (const isOut of [false, true]) {
      const lost = watcher
        .all(RecordType.GAP)
        .filter((gap) => gap.conn === conn && gap.isOut === isOut)
        .reduce((sum, { lost }) => sum + lost, 0);
      const shown = watcher.bytes(conn, isOut).length;
      assert.equal(shown + lost, isOut ? received : sent, `${path} ${isOut}`);
      lostInAll += lost;
    }
  }
  const told = watcher.all(RecordType.DROPS).at(-1)?.bytes ?? 0;
  assert.equal(told, lostInAll);
}

it('shows a message of 64 MiB, byte for byte', LIMIT, async (t) => {
  const { base, port } = await serve(t);
  const watcher = await watch(t, base);
  const client = await RawClient.open(port, '/big');
  const payload = Buffer.alloc(64 * MIB - 64, 'abcdefghijk');
  const message = frame({ opcode: BINARY, payload, maskingKey });
  client.socket.removeAllListeners('data');
  client.socket.write(message);
  // The answer isn't read: it would be as long again.
  client.socket.pause();
  await watcher.until(() => {
    const opened = watcher.opened('/big');
    return opened && lengthOf(watcher, opened.conn) === message.length;
  });
  const { conn } = watcher.opened('/big');
  assert.ok(watcher.bytes(conn, false).equals(message));
  assert.equal(
    watcher.all(RecordType.GAP).filter(({ isOut }) => !isOut).length,
    0
  );
});

function lengthOf(watcher, conn) {
  return watcher
    .all(RecordType.CHUNK_IN)
    .filter((record) => record.conn === conn)
    .reduce((sum, { bytes }) => sum + bytes.length, 0);
}

it('lets at most four watch', LIMIT, async (t) => {
  const { base } = await serve(t);
  const cookie = await cookieOf(base);
  const watches = [];
  for (let i = 0; i < 4; i++) watches.push(await watch(t, base));
  const { body, status } = await request(`${base}stream`, {
    headers: { cookie }
  });
  assert.equal(status, 503);
  assert.match(body, /4 are watching already: close one of them/);
  watches[0].close();
  for (;;) {
    const watcher = await Watch.open(base).catch(() => null);
    if (watcher) return watcher.close();
  }
});

it('ends when the server closes, so that it can', LIMIT, async (t) => {
  const { base, server } = await serve(t);
  const reader = await watch(t, base);
  const sleeper = await watch(t, base);
  sleeper.pause();
  server.close();
  await once(server, 'close');
  await reader.until(() => reader.isEnded);
});

it('stops', LIMIT, async (t) => {
  const { base, inspection, port } = await serve(t);
  const watcher = await watch(t, base);
  inspection.close();
  await watcher.until(() => watcher.isEnded);
  assert.equal((await request(base)).body, 'app');
  await sayHello(await RawClient.open(port));
});
