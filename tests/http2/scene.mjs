// The scenes of tests/semantics over HTTP/2: what opens a connection by itself opens a stream.

import { once } from 'node:events';
import http2 from 'node:http2';

import { acceptWebSockets } from 'framewright/http2';

import { upgradeRaw } from '../semantics/support/raw-peer.mjs';
import { Scene } from '../semantics/support/scene.mjs';
import { connect, tunnel } from './tunnel.mjs';

export class Http2Scene extends Scene {
  async serveHttp2(options = {}) {
    const { close, server, session } = await serveHttp2(this.copy, options);
    this.onEnd(close);
    return { server, session };
  }

  async accept(options, headers) {
    const { server, session } = await this.serveHttp2(options);
    const [peer, [ws]] = await Promise.all([
      upgradeRaw(tunnel(session)(), headers),
      once(server, 'connection')
    ]);
    this.onEnd(() => peer.socket.destroy());
    return { server, ws, peer };
  }

  async pair(serverOptions, clientOptions) {
    const { server, session } = await this.serveHttp2(serverOptions);
    const client = new this.copy.WebSocket('ws://127.0.0.1', {
      ...clientOptions,
      createConnection: tunnel(session)
    });
    this.onEnd(() => client.terminate());
    const [[ws]] = await Promise.all([
      once(server, 'connection'),
      once(client, 'open')
    ]);
    return { server, ws, client };
  }
}

/** A ws server on an HTTP/2 server without TLS, and a client's connection to it. */
export async function serveHttp2(copy, options = {}) {
  const sockets = new Set();
  const httpServer = http2.createServer();
  httpServer.on('connection', (socket) => sockets.add(socket));
  httpServer.on('sessionError', () => {});
  acceptWebSockets(httpServer);
  const server = new copy.WebSocketServer({ server: httpServer, ...options });
  httpServer.listen(0, '127.0.0.1');
  await once(httpServer, 'listening');
  const { port } = httpServer.address();
  const session = await connect(`http://127.0.0.1:${port}`);

  return {
    server,
    session,
    close() {
      for (const client of server.clients) client.terminate();
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => httpServer.close(resolve));
    }
  };
}
