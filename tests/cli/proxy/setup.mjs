// A proxy before a server, and clients that are nothing but a socket.

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import { generate } from 'selfsigned';

import { listen } from '../../tap/support/watch.mjs';
import { Command } from '../command.mjs';

export const LIMIT = { timeout: 60_000 };
export const HOST = '127.0.0.1';

/** A server of whatever protocol. */
export async function tcpServer(t, onConnection) {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  return listen(t, server);
}

/** Starts the proxy before a port. */
export async function start(t, port, args = [], to = `${HOST}:${port}`) {
  const command = new Command(['proxy', '--listen', '0', '--to', to, ...args]);
  t.after(() => command.interrupt());
  const [, listening] = await command.prints(
    /^Forwarding 127\.0\.0\.1:(\d+) to/m
  );
  const [, base] = await command.prints(/shown at (http:\S+)/);
  return { base, command, port: Number(listening) };
}

export function connect(t, port, options = {}) {
  const socket = net.connect({ host: HOST, port, ...options });
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  return socket;
}

/** Unlike `toArray()`, leaves the socket open for the other direction. */
export async function readAll(socket) {
  const chunks = [];
  socket.on('data', (bytes) => chunks.push(bytes));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

/** Resolves once `condition` holds; rejects where the test's time is over. */
export async function until(t, condition) {
  while (!condition()) {
    t.signal.throwIfAborted();
    await turn();
  }
}

/** An HTTP server and the proxy before it; `secure` is the way between them. */
export async function serveHttp(t, secure, onRequest) {
  const server = secure
    ? https.createServer(await certificate(), onRequest)
    : http.createServer(onRequest);
  const port = await listen(t, server);
  const args = secure ? ['--tls', '--insecure'] : [];
  const proxy = await start(t, port, args);
  return { host: `${HOST}:${port}`, server, ...proxy };
}

let made;

function certificate() {
  made ??= generate([{ name: 'commonName', value: 'localhost' }]);
  return made.then(({ cert, private: key }) => ({ cert, key }));
}
