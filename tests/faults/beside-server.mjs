// A process with echo servers on two copies of ws and two of framewright, over TCP and TLS, whose
// connections are used as apps and tools use them: each by what its path says.

import { once } from 'node:events';
import https from 'node:https';
import { createRequire } from 'node:module';

import { generate } from 'selfsigned';

import { counters, loadAccelerated, loadCopy } from '../lib/ws-copies.mjs';

const require = createRequire(import.meta.url);
const figures = { thrown: 0, transferred: 0, backlog: 0, wrapped: 0 };
const uncaught = [];
const recorded = [];
let received = 0;

const first = loadAccelerated('8.23');
const second = loadCopy('8.18');
const other = loadFramewrightAgain();

// Each knows both copies of ws, and which of them it has accelerated itself.
other.accelerate(second.WebSocket);
other.accelerate(first.WebSocket);
require('framewright').accelerate(second.WebSocket);

/** Another copy of framewright: its modules once more. */
function loadFramewrightAgain() {
  const { accelerate, status } = require('framewright');
  const root = require.resolve('framewright/package.json').slice(0, -12);
  const own = Object.keys(require.cache).filter(
    (file) => file.startsWith(root) && file.endsWith('.js')
  );
  const modules = own.map((file) => require.cache[file]);
  for (const file of own) delete require.cache[file];
  const WebSocket = require('framewright');
  const again = { accelerate: WebSocket.accelerate, status: WebSocket.status };
  if (again.status === status) throw new Error('It is the same copy');
  for (const module of modules) require.cache[module.filename] = module;
  // Both export the class of ws itself.
  Object.assign(WebSocket, { accelerate, status });
  return again;
}

/** What is done to a connection before its first message. */
const USES = {
  plain() {},
  'wrapped-write': ({ _socket }) => record(_socket, 'write'),
  'wrapped-stream': ({ _socket }) => record(_socket, '_write'),
  'wrapped-receiver': ({ _receiver }) => pass(_receiver, '_write'),
  'wrapped-messages': ({ _receiver }) => pass(_receiver, 'dataMessage'),
  'wrapped-deflate'({ _extensions }) {
    const extension = _extensions['permessage-deflate'];
    if (!extension) return;
    pass(extension, 'compress');
    pass(extension, 'decompress');
  },
  late(ws) {
    setTimeout(() => {
      record(ws._socket, 'write');
      USES['wrapped-deflate'](ws);
    }, 5);
  }
};

/** Keeps what goes through, which must never change. */
function record(object, name) {
  const { [name]: method } = object;
  figures.wrapped++;
  object[name] = function (chunk, ...rest) {
    if (Buffer.isBuffer(chunk) && recorded.length < 20_000) {
      recorded.push({ chunk, asItWas: Buffer.from(chunk) });
    }
    return method.call(this, chunk, ...rest);
  };
}

function pass(object, name) {
  const { [name]: method } = object;
  figures.wrapped++;
  object[name] = function (...args) {
    return method.apply(this, args);
  };
}

process.on('uncaughtException', (err) => {
  if (err.message === 'meant') figures.thrown++;
  else uncaught.push(err.stack);
});
process.on('disconnect', () => process.exit());

function give(data) {
  structuredClone(data, { transfer: [data.buffer] });
  figures.transferred++;
}

function serve(ws, { url }) {
  const use = url.slice(1);

  USES[use](ws);
  ws.on('error', (err) => uncaught.push(err.stack));
  ws.on('message', (data, isBinary) => {
    // What has memory of its own may be given away, once it is sent.
    const isOwn = data.length > 0 && data.length === data.buffer.byteLength;
    ws.send(data, { binary: isBinary }, () => isOwn && give(data));
    if (ws._socket.writableLength > 0) figures.backlog++;
    // Stock ws's own receivers are stuck once a handler has thrown.
    if (++received % 97 === 0 && use !== 'wrapped-messages')
      throw new Error('meant');
  });
}

const options = { perMessageDeflate: { threshold: 0 } };
const { cert, private: key } = await generate([
  { name: 'commonName', value: 'localhost' }
]);
const httpsServer = https.createServer({ cert, key });
const local = { host: '127.0.0.1', port: 0 };
const servers = [
  new first.WebSocketServer({ ...options, ...local }),
  new second.WebSocketServer({ ...options, ...local }),
  new first.WebSocketServer({ ...options, server: httpsServer })
];
for (const server of servers) server.on('connection', serve);
httpsServer.listen(0, '127.0.0.1');
await Promise.all(servers.map((server) => once(server, 'listening')));

process.on('message', () => {
  globalThis.gc();
  process.send({
    ...figures,
    connections: servers.reduce((sum, { clients }) => sum + clients.size, 0),
    // What has been given away since has no bytes left.
    changed: recorded.filter(
      ({ chunk, asItWas }) => chunk.length > 0 && !asItWas.equals(chunk)
    ).length,
    copies: other.status().copies.map(({ by }) => Boolean(by)),
    decoders: counters().decoders,
    uncaught
  });
});
process.send({
  ports: servers.map((server) => server.address().port),
  uses: Object.keys(USES)
});
