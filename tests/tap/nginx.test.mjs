// A real nginx before an app never publishes the app's inspector, however it is set up.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { it } from 'node:test';

import WebSocket, { WebSocketServer } from 'ws';

import { skip, startNginx, version } from './support/nginx.mjs';
import { HOST, TOKEN, listen, request } from './support/watch.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');

const OPTIONS = { skip, timeout: 60_000 };
if (skip) console.log(`Tests with nginx skipped: ${skip}`);

const DEFAULTS = (app) => `proxy_pass http://${HOST}:${app};`;
const UPGRADE = `
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;`;
const FORWARDED = `
  proxy_set_header Host $host;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;`;
const MAP =
  'map $http_upgrade $connection_upgrade { default upgrade; "" close; }';

/**
 * What people write into `location`, and before `server`. `isMarked`: the app
 * is told that requests are passed on. `takesWebSockets`: it is meant to.
 */
const CONFIGS = {
  'as it is by default': { location: DEFAULTS, isMarked: isOld() },
  'by the name localhost': {
    location: (app) => `proxy_pass http://localhost:${app};`,
    isMarked: isOld()
  },
  'with an upstream': {
    before: (app) => `upstream app { server ${HOST}:${app}; }`,
    location: () => 'proxy_pass http://app;',
    isMarked: true
  },
  'for WebSocket, Connection "upgrade"': {
    location: (app) =>
      `${DEFAULTS(app)}${UPGRADE} proxy_set_header Connection "upgrade";`,
    takesWebSockets: true
  },
  'for WebSocket, Connection by a map': {
    before: () => MAP,
    location: (app) =>
      `${DEFAULTS(app)}${UPGRADE} proxy_set_header Connection $connection_upgrade;`,
    takesWebSockets: true
  },
  'for WebSocket, Connection as it came': {
    location: (app) =>
      `${DEFAULTS(app)}${UPGRADE} proxy_set_header Connection $http_connection;`,
    takesWebSockets: true
  },
  'for WebSocket, with Host': {
    before: () => MAP,
    location: (app) =>
      `${DEFAULTS(app)}${UPGRADE} proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $host;`,
    takesWebSockets: true
  },
  'for WebSocket, with Host as it came': {
    before: () => MAP,
    location: (app) =>
      `${DEFAULTS(app)}${UPGRADE} proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $http_host;`,
    takesWebSockets: true
  },
  'for WebSocket, with Host and X-Forwarded-For': {
    before: () => MAP,
    location: (app) =>
      `${DEFAULTS(app)}${UPGRADE} proxy_set_header Connection $connection_upgrade;${FORWARDED}`,
    isMarked: true,
    takesWebSockets: true
  },
  'with X-Forwarded-Proto alone': {
    location: (app) =>
      `${DEFAULTS(app)} proxy_http_version 1.1;
      proxy_set_header X-Forwarded-Proto $scheme;`,
    isMarked: true
  },
  'keeping connections alive': {
    before: (app) =>
      `upstream localhost { server ${HOST}:${app}; keepalive 8; }`,
    location: () => `proxy_pass http://localhost;
      proxy_http_version 1.1; proxy_set_header Connection "";`
  },
  'keeping connections alive, with Host': {
    before: (app) => `upstream app { server ${HOST}:${app}; keepalive 8; }`,
    location: () => `proxy_pass http://app; proxy_set_header Host $host;
      proxy_http_version 1.1; proxy_set_header Connection "";`
  }
};

/** HTTP/1.1 has been what it speaks by default since 1.29.7. */
function isOld() {
  if (skip) return true;
  const [major, minor, patch] = version().split('.').map(Number);
  return major === 1 && (minor < 29 || (minor === 29 && patch < 7));
}

/** What somebody elsewhere can make a request look like. */
const DISGUISES = {
  'a browser': () => ({
    host: 'app.example',
    connection: 'keep-alive',
    'sec-fetch-site': 'none',
    'user-agent': 'Mozilla/5.0'
  }),
  curl: () => ({ host: 'app.example', 'user-agent': 'curl/8.0' }),
  'a local request': (port) => ({
    host: `127.0.0.1:${port}`,
    connection: 'keep-alive'
  }),
  'a local request by name': (port) => ({
    host: `localhost:${port}`,
    connection: 'keep-alive',
    origin: `http://localhost:${port}`,
    referer: `http://localhost:${port}/__frames/index.html`,
    'sec-fetch-site': 'same-origin'
  }),
  'an upgrade': (port) => ({
    host: `localhost:${port}`,
    connection: 'upgrade',
    upgrade: 'h2c'
  }),
  'a guess': (port) => ({
    host: `localhost:${port}`,
    authorization: `Bearer ${'a'.repeat(32)}`,
    cookie: `framewright-${port}=${'a'.repeat(43)}`
  })
};

async function serve(t, options) {
  const server = http.createServer((req, res) => res.end('the app'));
  const inspection = inspect(server, options);
  const wss = new WebSocketServer({ server });
  wss.on('connection', (ws) => ws.on('message', (data) => ws.send(`${data}`)));
  const app = await listen(t, server);
  return { address: inspection.url, app };
}

const startBefore = (t, app, { before = () => '', location }) =>
  startNginx(
    t,
    (port) => `${before(app)}
    server { listen ${HOST}:${port}; location / { ${location(app)} } }`
  );

for (const [name, config] of Object.entries(CONFIGS)) {
  it(`nginx ${name} does not publish the inspector`, OPTIONS, async (t) => {
    t.mock.method(console, 'error', () => {});
    const { address, app } = await serve(t);
    const nginx = await startBefore(t, app, config);
    const base = `http://${HOST}:${nginx}`;
    assert.equal((await request(`${base}/`)).body, 'the app');

    for (const [disguise, fields] of Object.entries(DISGUISES)) {
      const headers = fields(app);
      for (const path of [
        '',
        'index.html',
        'stream',
        '?token=',
        '?token=abc'
      ]) {
        const answer = await request(`${base}/__frames/${path}`, { headers });
        const where = `${disguise}: ${path}`;
        // Upgrades that reach the app are ws's, which answers 400.
        const refusals = headers.upgrade ? [400, 401, 403] : [401, 403];
        assert.ok(
          refusals.includes(answer.status),
          `${where} ${answer.status}`
        );
        assert.equal(answer.headers['set-cookie'], undefined, where);
        assert.doesNotMatch(answer.body, /frame-inspector|token=/, where);
        if (config.isMarked && !headers.upgrade) {
          assert.equal(answer.status, 403, where);
        }
      }
    }

    // Who has the token isn't let in from elsewhere either, where that can be told.
    if (config.isMarked) {
      const { search } = new URL(address);
      const headers = { host: 'localhost' };
      const { status } = await request(`${base}/__frames/${search}`, {
        headers
      });
      assert.equal(status, 403);
    }
    const here = await request(address);
    assert.equal(here.status, 302, 'and this machine still gets it');

    if (config.takesWebSockets) {
      const client = new WebSocket(`ws://${HOST}:${nginx}/`);
      await once(client, 'open');
      client.send('hello');
      const [data] = await once(client, 'message');
      assert.equal(data.toString(), 'hello');
      client.terminate();
    }
  });
}

it(
  'nginx publishes it by a name that it was told, with the token',
  OPTIONS,
  async (t) => {
    const { app } = await serve(t, { hosts: ['app.example'], token: TOKEN });
    const nginx = await startBefore(
      t,
      app,
      CONFIGS['for WebSocket, with Host and X-Forwarded-For']
    );
    const base = `http://${HOST}:${nginx}/__frames/`;
    const headers = { host: 'app.example' };
    assert.equal((await request(base, { headers })).status, 401);
    const { headers: fields, status } = await request(
      `${base}?token=${TOKEN}`,
      {
        headers
      }
    );
    assert.equal(status, 302);
    const [cookie] = fields['set-cookie'][0].split(';', 1);
    const page = await request(`${base}index.html`, {
      headers: { ...headers, cookie }
    });
    assert.equal(page.status, 200);
    assert.match(page.body, /<frame-inspector/);
  }
);
