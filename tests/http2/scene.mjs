// The scenes of tests/semantics over HTTP/2: each connection is a stream of an HTTP/2 connection of its own.

import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';

import { acceptWebSockets } from 'framewright/http2';

import { answerRaw, upgradeRaw } from '../semantics/support/raw-peer.mjs';
import { CLIENT_TLS, SERVER_TLS, Scene } from '../semantics/support/scene.mjs';
import { connect, tunnel } from './tunnel.mjs';

export class Http2Scene extends Scene {
  async accept(options, headers) {
    const { httpServer, session } = await this.#listen();
    const server = this.#serve(httpServer, options);
    const [peer, [ws]] = await Promise.all([
      upgradeRaw(tunnel(session)(), headers),
      once(server, 'connection')
    ]);
    this.onEnd(() => peer.socket.destroy());
    return { server, ws, peer };
  }

  async connect(options, headers) {
    const { httpServer, session } = await this.#listen();
    const ws = this.#client(session, options);
    const accepted = once(httpServer, 'upgrade').then(([req, socket]) =>
      answerRaw(socket, req.headers['sec-websocket-key'], headers)
    );
    const [peer] = await Promise.all([accepted, once(ws, 'open')]);
    this.onEnd(() => peer.socket.destroy());
    return { ws, peer };
  }

  async pair(serverOptions, clientOptions) {
    return this.#pair(await this.#listen(), serverOptions, clientOptions);
  }

  async pairOverTls(options) {
    return this.#pair(await this.#listen(true), options, options);
  }

  /** An HTTP/2 server, and a connection to it. */
  async #listen(secure = false) {
    const httpServer = secure
      ? http2.createSecureServer(SERVER_TLS)
      : http2.createServer();
    const sockets = new Set();
    httpServer.on('connection', (socket) => sockets.add(socket));
    httpServer.on('sessionError', () => {});
    acceptWebSockets(httpServer);
    httpServer.listen(0, '127.0.0.1');
    this.onEnd(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => httpServer.close(resolve));
    });
    await once(httpServer, 'listening');
    const origin = `${secure ? 'https' : 'http'}://127.0.0.1:${httpServer.address().port}`;
    const session = await connect(origin, secure ? CLIENT_TLS : {});
    return { httpServer, session };
  }

  #serve(httpServer, options) {
    const { WebSocketServer } = this.copy;
    const server = new WebSocketServer({ server: httpServer, ...options });
    this.onEnd(() => {
      for (const client of server.clients) client.terminate();
    });
    return server;
  }

  #client(session, options) {
    // The option `createConnection` came with ws 8.17.
    const agent = Object.assign(new http.Agent(), {
      createConnection: tunnel(session)
    });
    const ws = new this.copy.WebSocket('ws://127.0.0.1', { ...options, agent });
    this.onEnd(() => ws.terminate());
    return ws;
  }

  async #pair({ httpServer, session }, serverOptions, clientOptions) {
    const server = this.#serve(httpServer, serverOptions);
    const client = this.#client(session, clientOptions);
    const [[ws]] = await Promise.all([
      once(server, 'connection'),
      once(client, 'open')
    ]);
    return { server, ws, client };
  }
}
