// By page, what to try with each of its programs, so that it does what the page says.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { credentials } from '../../http2/kit.mjs';
import { connect, tunnel } from '../../http2/tunnel.mjs';

/** Each has the trial, and what the reader has besides the program. */
export const TRIALS = {
  'README.md': [
    { trial: isAccelerated },
    { trial: says('127.0.0.1 said hi') },
    { trial: tellsAll },
    { trial: showsItsPage }
  ],
  'docs/start.md': [
    { trial: says('you said hi') },
    { trial: prints(/backend: '(native|wasm)'/) },
    { trial: greetsAndShows }
  ],
  'docs/api/framewright.md': [
    { trial: isAccelerated },
    { trial: prints(/^Hello false$/m) }
  ],
  'docs/api/koa.md': [
    { trial: says('127.0.0.1 said hi', '/chat') },
    { trial: says('got hi') }
  ],
  'docs/api/broadcast.md': [
    { trial: tellsAll },
    { trial: sendsLines },
    { trial: says('hi'), needs: redis }
  ],
  'docs/api/inspect.md': [{ trial: greetsAndShows }, { trial: greets }],
  'docs/api/heartbeat.md': [{ trial: greets }, { trial: greets }],
  'docs/api/limits.md': [{ trial: greets }, { trial: leavesOut }],
  'docs/api/metrics.md': [{ trial: tells }, { trial: greets }],
  'docs/api/http2.md': [
    { trial: greetsOverHttp2, files: certificate },
    { trial: greetsOverHttp2, files: certificate }
  ],
  'docs/api/codec.md': [
    { trial: prints(/^UnmaskedClientFrame\nHello\nfin 0 1 1$/m) }
  ],
  'docs/production/bundling.md': [{ trial: greetsAndTells }],
  'docs/production/tuning.md': [{ trial: greets }, { trial: greets }],
  'docs/production/deploying.md': [
    { trial: stops },
    { trial: greets },
    { trial: isOver }
  ],
  'docs/migrating/koa-websocket.md': [
    { trial: says('hi') },
    { trial: says('hi') }
  ],
  'docs/migrating/socket.io.md': [{ trial: listens }, { trial: listens }],
  'npm/framewright/README.md': [{ trial: prints(/backend: '(native|wasm)'/) }],
  'npm/inspector/README.md': [{ trial: prints(/^fin 0 1 1$/m) }]
};

function prints(pattern) {
  return (program) => program.prints(pattern);
}

function says(answer, place) {
  return async (program) => {
    const client = await program.connect(place);
    client.send('hi');
    assert.equal(await client.next(), answer);
    client.close();
  };
}

async function isAccelerated(program) {
  await says('you said hi')(program);
  const { backend, copies, counters } = await program.status();
  assert.notEqual(backend, 'stock');
  assert.deepEqual(
    copies.map(({ accelerated }) => accelerated),
    [true]
  );
  assert.equal(counters.messages, 1);
}

async function greets(program, options) {
  const client = await program.connect('/', options);
  assert.equal(await client.next(), 'hello');
  client.close();
  await once(client, 'close');
}

async function leavesOut(program) {
  const client = await program.connect('/');
  assert.equal(await client.next(), 'hello');
  client.send(Buffer.alloc(64 * 1024 + 1));
  assert.equal(await client.next(), 'too long');
  client.close();
  await once(client, 'close');
}

async function greetsAndTells(program) {
  await greets(program);
  await program.prints(/^native$/m);
}

async function tellsAll(program) {
  const first = await program.connect();
  assert.equal(await first.next(), 'somebody came');
  const second = await program.connect();
  for (const client of [first, second]) {
    assert.equal(await client.next(), 'somebody came');
  }
  first.send('hi');
  for (const client of [first, second]) {
    assert.equal(await client.next(), 'hi');
  }
}

async function sendsLines(program) {
  const client = await program.connect();
  for (let i = 0; i < 1000; i++) assert.equal(await client.next(), `line ${i}`);
}

async function showsItsPage(program) {
  const url = await program.prints(/^http:\S+$/m);
  const withToken = await fetch(url, { redirect: 'manual' });
  assert.equal(withToken.status, 302);
  const cookie = withToken.headers.get('set-cookie').split(';')[0];
  const { origin, pathname } = new URL(url);
  const shown = await fetch(origin + pathname, { headers: { cookie } });
  assert.equal(shown.status, 200);
  assert.match(await shown.text(), /<html/);
}

async function greetsAndShows(program) {
  await greets(program);
  await showsItsPage(program);
}

async function tells(program) {
  await greets(program);
  const response = await fetch(
    `http://127.0.0.1:${await program.port}/metrics`
  );
  assert.match(
    await response.text(),
    /^framewright_connections_opened_total 1$/m
  );
}

async function greetsOverHttp2(program) {
  await greets(program, { protocol: 'wss', rejectUnauthorized: false });
  const session = await connect(`https://127.0.0.1:${await program.port}`);
  await greets(program, { createConnection: tunnel(session) });
  session.close();
}

async function stops(program) {
  const client = await program.connect();
  assert.equal(await client.next(), 'hello');
  program.kill('SIGTERM');
  const [code] = await once(client, 'close');
  assert.equal(code, 1001);
}

/** Others' protocol: it answers to HTTP. */
async function listens(program) {
  const { status } = await fetch(
    `http://127.0.0.1:${await program.port}/socket.io/?EIO=4&transport=polling`
  );
  assert.equal(status, 200);
}

/** A file that others read: it has no errors. */
async function isOver(program) {
  await program.ended();
}

async function certificate(folder) {
  const { cert, key } = await credentials();
  writeFileSync(path.join(folder, 'cert.pem'), cert);
  writeFileSync(path.join(folder, 'key.pem'), key);
}

/** Starts Redis on a free port, if it is installed. */
async function redis(t) {
  const { error } = spawnSync('redis-server', ['--version']);
  if (error) return { skip: 'Redis is not installed' };
  const { spawn } = await import('node:child_process');
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  const child = spawn(
    'redis-server',
    ['--port', port, '--bind', '127.0.0.1', '--save', ''],
    { stdio: 'ignore' }
  );
  t.after(() => child.kill());
  return { env: { REDIS_URL: `redis://127.0.0.1:${port}` } };
}
