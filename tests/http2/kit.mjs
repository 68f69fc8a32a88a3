// A server on HTTP/2 and HTTP/1.1, and clients of either.

import { once } from 'node:events';
import http2 from 'node:http2';

import { acceptWebSockets } from 'framewright/http2';
import { generate } from 'selfsigned';
import WebSocket from 'ws';

import { connect, tunnel } from './tunnel.mjs';

export { until } from '../limits/kit.mjs';

let certificate;

export async function credentials() {
  certificate ??= await generate([{ name: 'commonName', value: 'localhost' }]);
  return { cert: certificate.cert, key: certificate.private };
}

/**
 * Starts an HTTP/2 server that takes WebSockets, and stops it with the test.
 *
 * @param {TestContext} t
 * @param {object} [options]
 * @param {Function} [options.listener] For ordinary requests
 * @param {boolean} [options.secure=true]
 */
export async function serve(t, { listener, secure = true } = {}) {
  const server = secure
    ? http2.createSecureServer(
        { ...(await credentials()), allowHTTP1: true },
        listener
      )
    : http2.createServer(listener);
  const sessions = [];
  const sockets = [];
  let streams = 0;
  const clients = [];
  const end = acceptWebSockets(server);
  server.on('session', (session) => sessions.push(session));
  server.on('upgrade', (req) => {
    if (!req.stream) return;
    streams++;
    req.stream.on('close', () => streams--);
  });
  server.on('connection', (socket) => sockets.push(socket));
  server.on('sessionError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const origin = `${secure ? 'https' : 'http'}://127.0.0.1:${port}`;

  t.after(() => {
    for (const client of clients) client.terminate();
    // Node 20 may never return from the destroy() of a client's session.
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const kit = {
    end,
    /** The server's HTTP/2 connections. */
    sessions,
    /** What they, and those of HTTP/1.1, run on. */
    sockets,
    /** How many streams there are that WebSockets were opened on. */
    streams: () => streams,
    origin,
    port,
    server,
    /** Another HTTP/2 connection of a client. */
    async session() {
      const session = await connect(origin);
      return session;
    },
    /** A WebSocket on it; on HTTP/1.1 without one. */
    client(session, path = '/', protocols = [], options = {}) {
      const client = new WebSocket(
        `${secure && !session ? 'wss' : 'ws'}://127.0.0.1:${port}${path}`,
        protocols,
        {
          rejectUnauthorized: false,
          ...options,
          ...(session && { createConnection: tunnel(session) })
        }
      );
      clients.push(client);
      client.on('error', () => {});
      return client;
    },
    async open(...args) {
      const client = kit.client(...args);
      await once(client, 'open');
      return client;
    },
    /** @returns the response that a client is refused with, and its body */
    async refused(...args) {
      const client = kit.client(...args);
      const [, response] = await once(client, 'unexpected-response');
      const chunks = await response.toArray();
      return {
        headers: response.headers,
        rawHeaders: response.rawHeaders,
        statusCode: response.statusCode,
        body: Buffer.concat(chunks).toString()
      };
    }
  };
  return kit;
}
