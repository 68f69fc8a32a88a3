// One run of a scenario over real sockets, and what it saw.

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { duplexPair } from 'node:stream';

import { acceptRaw, connectRaw, upgradeRaw } from './raw-peer.mjs';

/** What ws 8.5 calls on whatever socket it has. */
const AS_NET_SOCKET = { setTimeout() {}, setNoDelay() {}, setKeepAlive() {} };

/** Keys that are agreed on by a shared secret, so that no certificate is needed. */
const TLS = { ciphers: 'PSK', maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' };
const SECRET = { psk: Buffer.alloc(16, 7), identity: 'test' };

export const SERVER_TLS = { ...TLS, pskCallback: () => SECRET.psk };
export const CLIENT_TLS = {
  ...TLS,
  pskCallback: () => SECRET,
  checkServerIdentity: () => undefined
};

/** One run of a scenario: it opens connections, and cleans up after itself. */
export class Scene {
  trace = [];
  #ends = [];

  constructor(copy) {
    this.copy = copy;
    this.version = copy.version;
  }

  /** Adds to the trace: payloads as text or hex, errors by what tells them apart. */
  log(...entry) {
    this.trace.push(entry.map((item) => show(item, this.copy)));
  }

  /** Sees to it that something is closed when the scenario is over. */
  onEnd(end) {
    this.#ends.push(end);
  }

  async end() {
    for (const end of this.#ends.reverse()) await end();
  }

  /** A server on a free port. */
  async serve(options = {}) {
    const server = new this.copy.WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      ...options
    });
    this.onEnd(() => {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(resolve));
    });
    await once(server, 'listening');
    return server;
  }

  /** A server's connection, `ws`, and its client, `peer`, which speaks in raw bytes. */
  async accept(options, headers) {
    const server = await this.serve(options);
    const [peer, [ws]] = await Promise.all([
      connectRaw(server.address().port, headers),
      once(server, 'connection')
    ]);
    this.onEnd(() => peer.socket.destroy());
    return { server, ws, peer };
  }

  /** As `accept()`, on a socket that hands bytes over while they are written. */
  async acceptDirectly(options, headers) {
    const httpServer = http.createServer();
    const server = new this.copy.WebSocketServer({
      server: httpServer,
      ...options
    });
    const [socket, other] = duplexPair();
    httpServer.emit('connection', Object.assign(other, AS_NET_SOCKET));
    const [peer, [ws]] = await Promise.all([
      upgradeRaw(Object.assign(socket, AS_NET_SOCKET), headers),
      once(server, 'connection')
    ]);
    this.onEnd(() => ws.terminate());
    return { ws, peer };
  }

  /** A client, `ws`, of a server, `peer`, which speaks in raw bytes. */
  async connect(options, headers) {
    const listener = net.createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    this.onEnd(() => listener.close());
    const accepted = acceptRaw(listener, headers);
    const { port } = listener.address();
    const ws = new this.copy.WebSocket(`ws://127.0.0.1:${port}`, options);
    this.onEnd(() => ws.terminate());
    const [peer] = await Promise.all([accepted, once(ws, 'open')]);
    this.onEnd(() => peer.socket.destroy());
    return { ws, peer };
  }

  /** Both ends of a connection on this copy of ws. */
  async pair(serverOptions, clientOptions) {
    const server = await this.serve(serverOptions);
    const { port } = server.address();
    const client = new this.copy.WebSocket(
      `ws://127.0.0.1:${port}`,
      clientOptions
    );
    this.onEnd(() => client.terminate());
    const [[ws]] = await Promise.all([
      once(server, 'connection'),
      once(client, 'open')
    ]);
    return { server, ws, client };
  }

  /** As `pair()`, over TLS. */
  async pairOverTls(options) {
    const { WebSocket, WebSocketServer } = this.copy;
    const httpServer = https.createServer(SERVER_TLS);
    const server = new WebSocketServer({ server: httpServer, ...options });
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
    const { port } = httpServer.address();
    const client = new WebSocket(`wss://127.0.0.1:${port}`, {
      ...CLIENT_TLS,
      ...options
    });
    this.onEnd(() => httpServer.close());
    this.onEnd(() => client.terminate());
    const [[ws]] = await Promise.all([
      once(server, 'connection'),
      once(client, 'open')
    ]);
    this.onEnd(() => ws.terminate());
    return { ws, client };
  }

  /** Logs all events of a connection. */
  watch(ws, name = 'ws') {
    ws.on('message', (data, isBinary) => {
      this.log(name, 'message', data, isBinary);
    });
    ws.on('ping', (data) => this.log(name, 'ping', data));
    ws.on('pong', (data) => this.log(name, 'pong', data));
    ws.on('error', (err) => this.log(name, 'error', err));
    ws.on('close', (code, reason) => this.log(name, 'close', code, reason));
  }
}

/** Resolves when a connection is closed, if it isn't. */
export async function closed(ws) {
  if (ws.readyState !== ws.CLOSED) await once(ws, 'close');
}

let patience = 1;

/** Makes `quiet()` wait so many times as long. */
export function bePatient(times) {
  patience = times;
}

/** Resolves when the event loop has gone round a few times with nothing left to do at once. */
export async function quiet(rounds = 5) {
  for (let i = 0; i < rounds * patience; i++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function show(item, copy) {
  if (item instanceof Error) {
    const { code, message } = item;
    const closeCode = item[copy.kStatusCode];
    return [item.constructor.name, code, message, closeCode];
  }
  if (item instanceof ArrayBuffer)
    return ['ArrayBuffer', ...new Uint8Array(item)];
  if (Array.isArray(item)) return item.map((part) => show(part, copy));
  if (Buffer.isBuffer(item)) {
    const text = item.toString();
    return Buffer.from(text).equals(item) ? text : item.toString('hex');
  }
  return item;
}
