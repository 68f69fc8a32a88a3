// By page, what to try with each of its programs, so that it does what the page says.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import {
  RedisServer,
  skip as noRedis
} from '../../broadcast/support/redis-server.mjs';
import { credentials } from '../../http2/kit.mjs';
import { connect, tunnel } from '../../http2/tunnel.mjs';
import { Cutter } from './cutter.mjs';

/**
 * Each has the trial, and what the reader has besides the program: files, and what is running (`needs`), which is given
 * a function that starts another program of the page.
 */
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
  'docs/api/hub.md': [
    { trial: numbers, needs: redis },
    { trial: comesBack, needs: hub }
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
  'npm/inspector/README.md': [{ trial: prints(/^fin 0 1 1\nrsv1 1 1 0$/m) }]
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

/** A hub with history numbers messages, and sends them again to those who come back. */
async function numbers(program) {
  const first = await program.connect('/');
  const start = await first.next();
  assert.match(start, /^\d+-\d+$/);
  first.send('one');
  first.send('two');
  assert.match(await first.next(), /^\d+-\d+\none$/);
  const two = await first.next();
  const again = await program.connect(`/?after=${start}`);
  assert.match(await again.next(), /^\d+-\d+\none$/);
  assert.equal(await again.next(), two);
  const lost = await program.connect('/?after=5-0');
  assert.equal(await lost.next(), 'missed');
}

/** A client whose connection is cut again and again prints each message once. */
async function comesBack(program, { cutter, server }) {
  const publisher = await server.connect();
  await publisher.next();
  await cutter.greeted();

  const expected = Array.from({ length: 60 }, (_, i) => `message ${i}`);
  for (const [i, line] of expected.entries()) {
    publisher.send(line);
    // What comes back is that it is stored.
    while (!(await publisher.next()).endsWith(`\n${line}`));
    if (i % 20 !== 10) continue;
    await program.prints(new RegExp(`^${line}$`, 'm'));
    cutter.cut();
  }
  await program.prints(/^message 59$/m);
  assert.deepEqual(program.stdout.trim().split('\n'), expected);
  assert.ok(cutter.count > 3);
  publisher.close();
}

/** A Redis of its own, which also stands in for that on its usual port. */
async function redis(t) {
  if (noRedis) return { skip: noRedis };
  const server = await RedisServer.create();
  await server.start();
  t.after(() => server.end());
  return {
    env: {
      REDIS_URL: server.url,
      DOCS_PORTS: JSON.stringify({ 6379: server.port })
    }
  };
}

/** The page's first program, and something that cuts connections to it. */
async function hub(t, start) {
  const { env, skip } = await redis(t);
  if (skip) return { skip };
  const server = start(0, env);
  const cutter = await Cutter.before(await server.port);
  t.after(() => cutter.end());
  return {
    cutter,
    server,
    env: { DOCS_PORTS: JSON.stringify({ 3000: cutter.port }) }
  };
}
