// The nginx of docs/production/deploying.md, as it is printed but for its ports, before an app.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { it } from 'node:test';

import { WebSocket, WebSocketServer } from 'ws';

import { skip, startNginx } from '../tap/support/nginx.mjs';

import { blocks, page } from './support/markdown.mjs';

it(
  'passes on WebSockets and requests',
  { skip, timeout: 60_000 },
  async (t) => {
    const server = http.createServer((req, res) =>
      res.end(req.headers.connection)
    );
    const wss = new WebSocketServer({ server });
    let request;
    wss.on('connection', (ws, req) => {
      request = req;
      ws.on('message', (data) => ws.send(`you said ${data}`));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close().closeAllConnections());

    const [config] = blocks(page('docs/production/deploying.md'), 'nginx');
    const ports = [/listen 80;/, /127\.0\.0\.1:3000/];
    for (const port of ports) assert.match(config, port);
    const port = await startNginx(t, (port) =>
      config
        .replace(ports[0], `listen 127.0.0.1:${port};`)
        .replace(ports[1], `127.0.0.1:${server.address().port}`)
    );

    const ws = new WebSocket(`ws://127.0.0.1:${port}/`, {
      headers: { 'X-Forwarded-For': '192.0.2.1' }
    });
    await once(ws, 'open');
    ws.send('hi');
    const [data] = await once(ws, 'message');
    assert.equal(String(data), 'you said hi');
    assert.equal(request.headers['x-forwarded-for'], '192.0.2.1, 127.0.0.1');
    ws.close();
    await once(ws, 'close');

    const response = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(await response.text(), 'close');
  }
);
