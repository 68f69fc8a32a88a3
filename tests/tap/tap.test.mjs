// What a watcher sees is what went over the wire, whoever serves the connection.

import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { before, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { generate } from 'selfsigned';

import { RecordType } from '../../npm/inspector/src/live/decoder.js';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  PING,
  TEXT,
  closeBody,
  frame
} from '../lib/frames.mjs';
import { loadAccelerated, loadCopy } from '../lib/ws-copies.mjs';
import { RawClient, TOKEN, Watch, listen } from './support/watch.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');
const koas = { 'Koa 2': require('koa-2'), 'Koa 3': require('koa') };

const LIMIT = { timeout: 60_000 };
const maskingKey = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

let certificate;

before(async () => {
  const { cert, private: key } = await generate([
    { name: 'commonName', value: 'localhost' }
  ]);
  certificate = { cert, key };
});

/** Answers every message with itself. */
function echo(ws) {
  ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
  ws.on('error', () => {});
}

const NONE = Buffer.alloc(0);

const HELLO = frame({
  opcode: TEXT,
  payload: Buffer.from('hello'),
  maskingKey
});

/** Frames of every kind, that an echo answers. */
const SENT = Buffer.concat(
  [
    { opcode: TEXT, payload: Buffer.from('hello') },
    { opcode: BINARY, payload: Buffer.alloc(300, 7) },
    { opcode: PING, payload: Buffer.from('are you there?') },
    { opcode: TEXT, fin: false, payload: Buffer.from('frag') },
    { opcode: PING },
    { opcode: CONTINUATION, payload: Buffer.from('ment') },
    { opcode: BINARY, payload: Buffer.alloc(70_000, 9) },
    { opcode: CLOSE, payload: closeBody(1000, 'bye') }
  ].map((options) => frame({ ...options, maskingKey }))
);

/** How many bytes an echo answers to these. */
const ANSWER_LEN = 7 + 304 + 16 + 2 + 10 + 70_010 + 7;

const copies = {
  'stock ws': () => loadCopy('8.23'),
  'accelerated ws': () => loadAccelerated('8.23'),
  'stock ws 8.5': () => loadCopy('8.5'),
  'accelerated ws 8.5': () => loadAccelerated('8.5'),
  'ws 7': () => require('ws-7')
};

const set = {
  async 'http.Server'(t, { WebSocketServer, Server }) {
    const server = http.createServer((req, res) => res.end('app'));
    inspect(server, { token: TOKEN });
    new (WebSocketServer ?? Server)({ server }).on('connection', echo);
    return { port: await listen(t, server) };
  },
  async 'https.Server'(t, { WebSocketServer, Server }) {
    const server = https.createServer(certificate, (req, res) =>
      res.end('app')
    );
    inspect(server, { token: TOKEN });
    new (WebSocketServer ?? Server)({ server }).on('connection', echo);
    return { port: await listen(t, server), secure: true };
  },
  async 'handleUpgrade()'(t, { WebSocketServer, Server }) {
    const server = http.createServer();
    const wss = new (WebSocketServer ?? Server)({ noServer: true });
    server.on('upgrade', async (req, socket, head) => {
      await null;
      wss.handleUpgrade(req, socket, head, echo);
    });
    inspect(server, { token: TOKEN });
    return { port: await listen(t, server) };
  },
  async WebSocketServer(t, { WebSocketServer, Server }) {
    const wss = new (WebSocketServer ?? Server)({ host: '127.0.0.1', port: 0 });
    wss.on('connection', echo);
    inspect(wss, { token: TOKEN });
    return { port: await listen(t, wss._server) };
  }
};

for (const [copyName, load] of Object.entries(copies)) {
  for (const [setName, serve] of Object.entries(set)) {
    it(`shows ${copyName} under ${setName}`, LIMIT, async (t) => {
      await showsAll(t, await serve(t, load()));
    });
  }
}

for (const [name, Koa] of Object.entries(koas)) {
  for (const wrapper of ['koa-websocket', 'framewright/koa']) {
    for (const order of ['before', 'after']) {
      it(
        `shows ${wrapper} on ${name}, inspected ${order}`,
        LIMIT,
        async (t) => {
          const app = new Koa();
          if (order === 'before') app.use(inspect(app, { token: TOKEN }));
          require(wrapper)(app);
          if (order === 'after') app.use(inspect(app, { token: TOKEN }));
          app.ws.use((ctx) => echo(ctx.websocket));
          const port = await listen(t, app.listen(0, '127.0.0.1'));
          await showsAll(t, { port });
        }
      );
    }
  }
}

it('shows ctx.upgrade()', LIMIT, async (t) => {
  const app = require('framewright/koa')(new koas['Koa 3']());
  app.use(inspect(app, { token: TOKEN }));
  app.use(async (ctx) => echo(await ctx.upgrade()));
  const port = await listen(t, app.listen(0, '127.0.0.1'));
  await showsAll(t, { port });
});

it(
  'shows an app whose server is made elsewhere, from its first request',
  LIMIT,
  async (t) => {
    const { WebSocketServer } = loadAccelerated('8.23');
    const app = new koas['Koa 3']();
    app.use(inspect(app, { token: TOKEN }));
    const server = http.createServer(app.callback());
    new WebSocketServer({ server }).on('connection', echo);
    await showsAll(t, { port: await listen(t, server) });
  }
);

for (const [name, early] of Object.entries({
  'a frame and a half': SENT.subarray(0, HELLO.length + 9),
  'all frames': SENT
})) {
  it(`shows ${name} sent with the request`, LIMIT, async (t) => {
    const { WebSocketServer } = loadAccelerated('8.23');
    await showsAll(t, await set['http.Server'](t, { WebSocketServer }), early);
  });
}

it('leaves it to others when a socket flows', LIMIT, async (t) => {
  const server = http.createServer();
  inspect(server, { token: TOKEN });
  server.on('upgrade', async (req, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    // What comes meanwhile waits for whoever reads it at last.
    while (socket.readableLength < HELLO.length) await nextTurn();
    socket.on('data', (bytes) => socket.write(bytes));
  });
  const port = await listen(t, server);
  const watch = await Watch.open(`http://127.0.0.1:${port}/__frames/`);
  t.after(() => watch.close());
  const client = await RawClient.open(port);
  client.write(HELLO);
  await client.receives(HELLO.length);
  await watch.until(() => watch.all(RecordType.CHUNK_OUT).length === 1);
  for (const isOut of [false, true]) {
    assert.ok(watch.bytes(watch.opened('/').conn, isOut).equals(HELLO));
  }
});

async function showsAll(t, { port, secure = false }, early = NONE) {
  const base = `http${secure ? 's' : ''}://127.0.0.1:${port}/__frames/`;
  const watch = await Watch.open(base);
  t.after(() => watch.close());
  const path = '/some/where?a=b';
  const client = await RawClient.open(port, path, { early, secure });

  client.write(SENT.subarray(early.length));
  await client.receives(ANSWER_LEN);
  await watch.until(() => watch.all(RecordType.CLOSE).length === 1);

  const opened = watch.opened(path);
  assert.equal(text(opened.request), client.request);
  assert.equal(text(opened.response), client.response);
  assert.equal(opened.isMidstream, false);
  assert.equal(opened.isTls, secure);
  assert.equal(opened.peer, `127.0.0.1:${client.port}`);
  assert.ok(watch.bytes(opened.conn, false).equals(SENT), 'in as sent');
  assert.equal(client.received.length, ANSWER_LEN);
  assert.ok(
    watch.bytes(opened.conn, true).equals(client.received),
    'out as received'
  );
  const times = watch.records.map(({ time }) => time);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b)
  );
  const [start] = watch.records;
  assert.equal(start.type, RecordType.START);
  assert.equal(start.source, `127.0.0.1:${port}`);
}

function text(bytes) {
  return Buffer.from(bytes).toString('latin1');
}
