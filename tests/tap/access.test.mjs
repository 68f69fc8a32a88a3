// Who may see the inspector, and who is refused.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import { it } from 'node:test';
import { promisify } from 'node:util';

import { cookieOf, listen, request } from './support/watch.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');
const Koa = require('koa');
const { Page } = require('../../npm/framewright/lib/tap/http/page.js');
const Handler = require('../../npm/framewright/lib/tap/http/handler.js');
const Access = require('../../npm/framewright/lib/tap/http/access.js');

const TOKEN = 'correct-horse-battery';

async function serve(t, options) {
  const server = http.createServer((req, res) => res.end('the app'));
  const inspection = inspect(server, options);
  const port = await listen(t, server);
  const base = `http://127.0.0.1:${port}/__frames/`;
  return { address: inspection.url, base, inspection, port, server };
}

/** Asks for the stream without reading it: its status is what matters. */
function statusOfStream(base, headers) {
  return new Promise((resolve, reject) => {
    http
      .get(`${base}stream`, { agent: false, headers })
      .on('response', (response) => {
        response.destroy();
        resolve(response.statusCode);
      })
      .on('error', reject);
  });
}

it('gives the page and the stream to who has its address', async (t) => {
  const { address, base } = await serve(t);
  assert.ok(address.startsWith(`${base}?token=`), address);
  const answer = await request(address);
  assert.equal(answer.status, 302);
  assert.equal(answer.headers.location, 'index.html#live=stream');
  assert.match(
    answer.headers['set-cookie'][0],
    /^framewright-\d+=[\w-]{43}; HttpOnly; SameSite=Strict$/
  );
  const cookie = await cookieOf(address);
  const token = new URL(address).searchParams.get('token');
  assert.ok(!cookie.includes(token), 'the cookie is not the token');

  const page = await request(`${base}index.html`, { headers: { cookie } });
  assert.equal(page.status, 200);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.match(page.body, /<frame-inspector/);
  const script = await request(`${base}inspector.js`);
  assert.equal(script.status, 200);
  assert.equal(
    script.headers['content-type'],
    'text/javascript; charset=utf-8'
  );

  assert.equal(await statusOfStream(base, { cookie }), 200);
  const authorization = `Bearer ${token}`;
  assert.equal(await statusOfStream(base, { authorization }), 200);
});

it('refuses requests without the token, and prints the address', async (t) => {
  const { address, base } = await serve(t);
  const print = t.mock.method(console, 'error', () => {});
  const cookie = `framewright-${new URL(base).port}=of-the-last-start`;
  for (const path of ['', 'index.html', 'stream', `?token=${'a'.repeat(32)}`]) {
    for (const headers of [{}, { cookie }]) {
      const answer = await request(base + path, { headers });
      assert.equal(answer.status, 401, path);
      assert.equal(answer.headers['set-cookie'], undefined);
      assert.match(answer.body, /^The inspector needs (its|the right) token: /);
      assert.match(answer.body, /the address that the server prints/);
    }
  }
  assert.deepEqual(
    print.mock.calls.map(({ arguments: args }) => args),
    [[`The frames are shown at ${address}`]],
    'once in a while'
  );
});

it('takes fetch() and curl as they are', async (t) => {
  const { address, base } = await serve(t);
  const token = new URL(address).searchParams.get('token');
  const authorization = `Bearer ${token}`;
  const controller = new AbortController();
  const answer = await fetch(`${base}stream`, {
    headers: { authorization },
    signal: controller.signal
  });
  assert.equal(answer.status, 200);
  controller.abort();
  assert.equal((await fetch(address, { redirect: 'manual' })).status, 302);

  const args = ['-sSL', '--cookie', '', address];
  const { stdout } = await promisify(execFile)('curl', args).catch((err) => {
    if (err.code !== 'ENOENT') throw err;
    return { stdout: null };
  });
  if (stdout === null) t.diagnostic('curl is not installed');
  else assert.match(stdout, /<frame-inspector/);
});

it('never prints a token that was chosen', async (t) => {
  const { base } = await serve(t, { token: TOKEN });
  const print = t.mock.method(console, 'error', () => {});
  const { body, status } = await request(base);
  assert.equal(status, 401);
  assert.equal(body, 'The inspector needs its token\n');
  assert.equal(print.mock.callCount(), 0);
});

it('knows its address while its server listens', async (t) => {
  const server = http.createServer();
  const inspection = inspect(server, { path: '/dev/frames/', token: TOKEN });
  assert.equal(inspection.url, null);
  const port = await listen(t, server);
  assert.equal(
    inspection.url,
    `http://127.0.0.1:${port}/dev/frames/?token=${TOKEN}`
  );
  inspection.close();
  assert.equal(inspection.url, null);
  for (const [app, scheme, host] of [
    [https.createServer(), 'https', 'localhost'],
    [http.createServer(), 'http', 'localhost']
  ]) {
    const { url } = await new Promise((resolve) => {
      const seen = inspect(app, { token: `a+b/${TOKEN}` });
      app.listen(0, '::', () => resolve({ url: seen.url }));
      app.on('error', () => resolve({ url: null }));
    });
    const address = app.address();
    app.close();
    if (address === null) continue; // no IPv6 here
    assert.equal(
      url,
      `${scheme}://${host}:${address.port}/__frames/?token=a%2Bb%2F${TOKEN}`
    );
  }
});

it('leaves all other requests to the app', async (t) => {
  const { base } = await serve(t);
  for (const path of ['/', '/__frame', '/__framesque/', '/a/__frames/']) {
    const { body } = await request(new URL(path, base).href);
    assert.equal(body, 'the app', path);
  }
  const { headers, status } = await request(new URL('/__frames', base).href);
  assert.equal(status, 301);
  assert.equal(headers.location, '__frames/');
});

it('says by header what the page may do', async (t) => {
  const { base } = await serve(t);
  for (const name of ['', 'index.html', 'inspector.js', 'nothing', 'stream']) {
    const { headers } = await request(`${base}${name}`);
    const policy = headers['content-security-policy'];
    assert.match(policy, /^default-src 'none';/, name);
    assert.match(policy, /; frame-ancestors 'none'$/, name);
    assert.doesNotMatch(
      policy,
      /unsafe-inline|'unsafe-eval'|\*\.|https:/,
      name
    );
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['access-control-allow-origin'], undefined);
  }
});

it("refuses another host's Host header", async (t) => {
  const { address, base, port } = await serve(t);
  const { search } = new URL(address);
  const cookie = await cookieOf(address);
  const refused = [
    'evil.example',
    `evil.example:${port}`,
    'localhost.evil.example',
    'evil-localhost',
    '127.0.0.1.evil.example',
    '192.168.1.1',
    '0.0.0.0',
    '[::]',
    'a@localhost:b@evil.example',
    'evil.example#localhost',
    'evil.example@localhost',
    'evil.example@127.0.0.1',
    'localhost/evil.example',
    'localhost?evil',
    'localhost#@evil',
    'localhost\\evil',
    'localhost evil',
    'localhost,evil.example',
    'localhost.',
    'localhost:80:80',
    'localhost:http',
    'localhost:123456',
    '.localhost',
    '%6cocalhost',
    '[::1%25lo]',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:0:0:1]',
    // Loopback, but as no browser writes it
    '2130706433',
    '0x7f.1',
    '127.1',
    '127.0.0.01',
    '127.0.0.1.'
  ];
  for (const host of refused) {
    for (const path of [search, 'index.html', 'inspector.js']) {
      const { status, headers } = await request(base + path, {
        headers: { host }
      });
      assert.equal(status, 403, `${host} ${path}`);
      assert.equal(headers['set-cookie'], undefined);
    }
    assert.equal(await statusOfStream(base, { cookie, host }), 403, host);
  }
  for (const host of [
    'localhost',
    'LOCALHOST:80',
    'app.localhost',
    '127.1.2.3',
    '[::1]:9'
  ]) {
    assert.equal(await statusOfStream(base, { cookie, host }), 200, host);
  }
});

it('refuses a request without a Host header, or with two', async (t) => {
  const { address, port } = await serve(t);
  const { pathname, search } = new URL(address);
  const ask = async (target, fields, version = '1.1') => {
    const socket = net.connect(port, '127.0.0.1');
    const lines = [`GET ${target} HTTP/${version}`, ...fields];
    socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
    return Buffer.concat(await socket.toArray()).toString('latin1', 9, 12);
  };
  const path = pathname + search;
  assert.equal(await ask(path, ['Host: localhost']), '302');
  assert.equal(await ask(path, []), '400', 'by Node');
  assert.equal(await ask(path, ['Host:']), '403');
  assert.equal(await ask(path, [], '1.0'), '403');
  assert.equal(await ask(path, ['Host: localhost'], '1.0'), '403', 'HTTP/1.0');
  for (const other of ['evil.example', 'localhost']) {
    const hosts = ['Host: localhost', `host: ${other}`];
    assert.equal(await ask(path, hosts), '403');
    assert.equal(await ask(path, hosts.reverse()), '403');
  }
});

it('refuses a request for the URL of another host', async (t) => {
  const app = new Koa();
  const middleware = inspect(app);
  app.use(middleware);
  const port = await listen(t, app.listen(0, '127.0.0.1'));
  const { pathname, search } = new URL(middleware.url);
  const answers = [];
  for (const host of ['evil.example', `127.0.0.1:${port}`]) {
    const path = `http://${host}${pathname}${search}`;
    const [response] = await once(
      http.get({ agent: false, host: '127.0.0.1', path, port }),
      'response'
    );
    answers.push(response.resume().statusCode);
  }
  assert.deepEqual(answers, [403, 403]);
});

it('refuses a foreign Origin', async (t) => {
  const { address, base, port } = await serve(t);
  const cookie = await cookieOf(address);
  const refused = [
    'https://evil.example',
    'http://localhost',
    `http://localhost:${port}`,
    `http://127.0.0.1:${port + 1}`,
    `http://127.0.0.1:${port}.evil.example`,
    'null',
    ''
  ];
  for (const origin of refused) {
    assert.equal(await statusOfStream(base, { cookie, origin }), 403, origin);
    const { status } = await request(address, { headers: { origin } });
    assert.equal(status, 403, origin);
  }
  const origin = `http://127.0.0.1:${port}`;
  assert.equal(await statusOfStream(base, { cookie, origin }), 200);
});

it('refuses what another site makes a browser ask', async (t) => {
  const { address, base } = await serve(t);
  const cookie = await cookieOf(address);
  for (const site of ['cross-site', 'same-site']) {
    const headers = { cookie, 'sec-fetch-site': site };
    assert.equal(await statusOfStream(base, headers), 403, site);
  }
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  assert.equal(await statusOfStream(base, headers), 200);
});

it('refuses a wrong token, or none', async (t) => {
  const wrong = [
    () => ({}),
    () => ({ authorization: `Bearer ${TOKEN}r` }),
    () => ({ authorization: `Bearer ${TOKEN.slice(1)}` }),
    () => ({ authorization: 'Bearer' }),
    () => ({ authorization: `Basic ${TOKEN}` }),
    (name) => ({ cookie: `${name}=${TOKEN.toUpperCase()}` }),
    () => ({ cookie: `framewright-1=${TOKEN}` }),
    (name) => ({ cookie: `x${name}=${TOKEN}` })
  ];
  for (const headersFor of wrong) {
    // Each has a server of its own, since guessing is slowed down.
    const { base } = await serve(t, { token: TOKEN });
    const headers = headersFor(`framewright-${new URL(base).port}`);
    assert.equal(
      await statusOfStream(base, headers),
      401,
      JSON.stringify(headers)
    );
    for (const path of ['', 'index.html', '?token=', `?token=${TOKEN}x`]) {
      const page = await request(base + path, { headers });
      assert.equal(page.status, 401, path);
      assert.equal(page.headers['set-cookie'], undefined);
      assert.equal(page.headers['www-authenticate'], 'Bearer');
    }
  }
});

it('takes the right token, and brings it along', async (t) => {
  const { base } = await serve(t, { token: TOKEN });
  const { headers, status } = await request(`${base}?token=${TOKEN}`);
  assert.equal(status, 302);
  const [cookie] = headers['set-cookie'][0].split(';', 1);
  assert.equal(await statusOfStream(base, { cookie }), 200);
  assert.equal(
    await statusOfStream(base, { cookie: `a=b; ${cookie}; c=d` }),
    200
  );
  const again = await request(`${base}index.html`, { headers: { cookie } });
  assert.equal(again.status, 200);
  const authorization = `Bearer ${TOKEN}`;
  assert.equal(await statusOfStream(base, { authorization }), 200);
});

it('refuses other machines, whatever they call this one', async (t) => {
  const address = ownAddress();
  if (!address) return t.skip('this machine has no address but loopback');
  const server = http.createServer();
  inspect(server, { token: TOKEN });
  server.listen(0);
  const port = await listen(t, server);
  const base = `http://${address}:${port}/__frames/?token=${TOKEN}`;
  const { status } = await request(base, { headers: { host: 'localhost' } });
  assert.equal(status, 403);
});

it('lets other machines in by a name that it was told, with the token', async (t) => {
  const { base } = await serve(t, { token: TOKEN, hosts: ['Dev.example'] });
  const authorization = `Bearer ${TOKEN}`;
  const headers = {
    authorization,
    host: 'dev.example',
    'x-forwarded-for': '203.0.113.7'
  };
  assert.equal(await statusOfStream(base, headers), 200);
  assert.equal(
    await statusOfStream(base, { ...headers, authorization: '' }),
    401
  );
  assert.equal(
    await statusOfStream(base, { ...headers, host: 'other.example' }),
    403
  );
  const origin = 'https://dev.example';
  assert.equal(await statusOfStream(base, { ...headers, origin }), 200);
});

it('takes only GET', async (t) => {
  const { base } = await serve(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
    const { headers, status } = await request(base, { method });
    assert.equal(status, 405, method);
    assert.equal(headers.allow, 'GET');
  }
});

it('gives nothing but the files of the page', async (t) => {
  const { base } = await serve(t);
  const paths = [
    '../package.json',
    '..%2fpackage.json',
    '%2e%2e/package.json',
    'page/index.html',
    '/etc/passwd',
    'toString',
    '__proto__',
    'index.html/',
    '.js',
    'nothing.js'
  ];
  for (const path of paths) {
    const status = await new Promise((resolve, reject) => {
      const { hostname, pathname, port } = new URL(base);
      http
        .get({ agent: false, hostname, port, path: pathname + path })
        .on('response', (response) => resolve(response.resume().statusCode))
        .on('error', reject);
    });
    assert.equal(status, 404, path);
  }
});

it('refuses production without a token', (t) => {
  const { NODE_ENV } = process.env;
  t.after(() => {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  });
  process.env.NODE_ENV = 'production';
  const production = /NODE_ENV=production it needs options\.token/;
  assert.throws(() => inspect(http.createServer()), production);
  assert.throws(() => inspect(new Koa()), production);
  assert.doesNotThrow(() => inspect(new Koa(), { token: TOKEN }));
});

it('names an option with a wrong value', () => {
  const server = http.createServer();
  const bad = [
    [{ token: 'short' }, /options\.token must have at least 16 characters/],
    [{ token: 'spaces are not for cookies' }, /options\.token/],
    [{ token: 1234567890123456 }, /options\.token must be a string/],
    [{ hosts: ['dev.example'] }, /options\.hosts needs options\.token/],
    [{ path: '__frames/' }, /options\.path/],
    [{ path: '/__frames' }, /options\.path/],
    [{ path: '/' }, /options\.path/],
    [{ bufferLength: 1 }, /options\.bufferLength/],
    [{ bufferLength: NaN }, /options\.bufferLength/]
  ];
  for (const [options, message] of bad) {
    assert.throws(
      () => inspect(server, options),
      { message },
      JSON.stringify(options)
    );
  }
  for (const target of [
    undefined,
    null,
    {},
    () => {},
    'app',
    net.createServer()
  ]) {
    assert.throws(() => inspect(target), {
      message: 'inspect() takes a Koa app, an http.Server or a WebSocketServer'
    });
  }
  const noServer = new (require('ws').WebSocketServer)({ noServer: true });
  assert.throws(() => inspect(noServer), /give inspect\(\) the http\.Server/);
});

it('says what to pass in place of an app that it does not take', () => {
  const server = http.createServer();
  for (const [app, advice] of [
    [require('express')(), 'what `listen()` returns'],
    [require('fastify')(), 'its `server`'],
    [{ httpServer: server }, 'its `httpServer`'],
    [{ listener: server }, 'its `listener`'],
    [{ getHttpServer: () => server }, 'what `getHttpServer()` returns']
  ]) {
    assert.throws(() => inspect(app), {
      name: 'TypeError',
      message:
        'inspect() takes a Koa app, an http.Server or a WebSocketServer: of ' +
        `this, pass ${advice}`
    });
  }
});

it('refuses an option that does not exist', () => {
  assert.throws(() => inspect(http.createServer(), { tokn: 'x' }), {
    name: 'TypeError',
    message:
      'options.tokn is not an option; there are bufferLength, hosts, nameOf, path, token'
  });
});

it('says what to do where the page is not installed, or not built', async (t) => {
  const missing = new Page(() => {
    throw new Error('not found');
  });
  assert.equal(
    missing.problem,
    "The inspector isn't installed: npm install --save-dev @framewright/inspector"
  );
  const unbuilt = new Page(() => '/nowhere/package.json');
  assert.equal(
    unbuilt.problem,
    "The inspector isn't built: npm run build -w @framewright/inspector"
  );

  const handler = new Handler({
    access: new Access({}),
    page: missing,
    resources: {},
    show: ''
  });
  const server = http.createServer((req, res) => handler.handle(req, res, ''));
  const port = await listen(t, server);
  const { body, headers, status } = await request(`http://127.0.0.1:${port}/`);
  assert.equal(status, 503);
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(body, `${missing.problem}\n`);
});

it('is middleware that leaves the other requests to the next', async (t) => {
  const app = new Koa();
  const middleware = inspect(app, { path: '/dev/frames/' });
  assert.equal(middleware.path, '/dev/frames/');
  app.use(middleware);
  app.use((ctx) => {
    ctx.body = 'the app';
  });
  const port = await listen(t, app.listen(0, '127.0.0.1'));
  const base = `http://127.0.0.1:${port}`;
  assert.equal((await request(`${base}/`)).body, 'the app');
  assert.equal((await request(`${base}/__frames/`)).body, 'the app');
  assert.ok(middleware.url.startsWith(`${base}/dev/frames/?token=`));
  assert.equal((await request(middleware.url)).status, 302);
  assert.equal((await request(`${base}/dev/frames/x`)).status, 404);
});

function ownAddress() {
  return Object.values(networkInterfaces())
    .flat()
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
