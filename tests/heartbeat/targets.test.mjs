// framewright/heartbeat finds the connections of every kind of app, and of those that it had before.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { it } from 'node:test';

import websockify from 'framewright/koa';
import { heartbeat } from 'framewright/heartbeat';
import Koa from 'koa';
import koaWebsocket from 'koa-websocket';
import WebSocket, { WebSocketServer } from 'ws';

import { until } from './scene.mjs';

const LISTEN = [0, '127.0.0.1'];

/** Each starts an app and says its server and where its heartbeat goes. */
const APPS = {
  'app.ws of koa-websocket, before it listens': (begin) => {
    const app = koaWebsocket(new Koa());
    app.ws.use((ctx) => ctx.websocket.send('hello'));
    begin(app.ws);
    return app.listen(...LISTEN);
  },
  'an app of koa-websocket that listens': (begin) => {
    const app = koaWebsocket(new Koa());
    app.ws.use((ctx) => ctx.websocket.send('hello'));
    const server = app.listen(...LISTEN);
    begin(app);
    return server;
  },
  'framewright/koa with app.ws': (begin) => {
    const app = websockify(new Koa());
    app.ws.use((ctx) => ctx.websocket.send('hello'));
    begin(app);
    return app.listen(...LISTEN);
  },
  'framewright/koa with ctx.upgrade()': (begin) => {
    const app = websockify(new Koa());
    app.use(async (ctx) => (await ctx.upgrade()).send('hello'));
    begin(app.ws);
    return app.listen(...LISTEN);
  },
  'noServer without a connection event': (begin) => {
    const server = http.createServer();
    const wss = new WebSocketServer({ noServer: true });
    begin(wss);
    server.on('upgrade', (req, socket, head) => {
      wss.handleUpgrade(req, socket, head, (ws) => ws.send('hello'));
    });
    return server.listen(...LISTEN);
  },
  'a server that tracks no clients': (begin) => {
    const server = http.createServer();
    const wss = new WebSocketServer({ server, clientTracking: false });
    wss.on('connection', (ws) => ws.send('hello'));
    begin(wss);
    return server.listen(...LISTEN);
  },
  'a server of a derived class': (begin) => {
    const server = http.createServer();
    class Derived extends WebSocketServer {
      handleUpgrade(req, socket, head, cb) {
        super.handleUpgrade(req, socket, head, (ws) => cb(ws, req));
      }
    }
    const wss = new Derived({ server });
    wss.on('connection', (ws) => ws.send('hello'));
    begin(wss);
    return server.listen(...LISTEN);
  }
};

for (const [title, start] of Object.entries(APPS)) {
  it(title, { timeout: 30_000 }, async (t) => {
    let beat;
    const server = start((target) => {
      beat = heartbeat(target, { interval: 20, timeout: 60_000 });
    });
    t.after(() => {
      beat.close();
      server.close();
      server.closeAllConnections();
    });
    await once(server, 'listening');
    const url = `ws://127.0.0.1:${server.address().port}/`;
    const clients = [new WebSocket(url), new WebSocket(url)];
    t.after(() => clients.forEach((client) => client.terminate()));
    await Promise.all(
      clients.flatMap((client) => [
        once(client, 'message'),
        once(client, 'ping')
      ])
    );
    assert.equal(beat.size, 2);
    await until(() => beat.counts.pongs >= 2);
    clients[0].close();
    await until(() => beat.size === 1);
  });
}
