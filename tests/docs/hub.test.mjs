// The programs of docs/api/hub.md: a client whose connection is cut again and again gets each message once.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { WebSocket } from 'ws';

import { RedisServer, skip } from '../broadcast/support/redis-server.mjs';

const DOCS = new URL('../../docs/', import.meta.url);
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** By page, what to try with each of its programs. */
const PAGES = { 'api/hub.md': [comesBack] };

for (const [page, trials] of Object.entries(PAGES)) {
  const text = readFileSync(new URL(page, DOCS), 'utf8');
  const programs = [...text.matchAll(/^```js\n(.*?)^```$/gms)]
    .map(([, program]) => program)
    .filter((program) => program.includes('listen(3000)'));

  it(`${page} has a trial for each program`, () => {
    assert.equal(programs.length, trials.length);
  });

  trials.forEach((trial, i) => {
    const options = { timeout: 60_000, skip: trial === comesBack && skip };

    it(`${page}, program ${i + 1}`, options, async (t) => {
      const program = await withRedis(t, programs[i]);
      await trial(await start(t, program), t, text);
    });
  });
}

/** A page's client, whose connection is cut again and again, prints each message once. */
async function comesBack(port, t, text) {
  const [, client] =
    /^```js\n(import { WebSocket } from 'partysocket'.*?)^```$/ms.exec(text);
  const cutter = await startCutter(t, port);
  const child = run(t, client.replace('3000', cutter.port), {
    stdout: 'pipe'
  });
  const lines = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
  });
  const publisher = new WebSocket(`ws://127.0.0.1:${port}/`);
  await once(publisher, 'message');
  while (cutter.count === 0) await delay(20);
  // It has an id.
  await delay(200);

  const expected = Array.from({ length: 60 }, (_, i) => `message ${i}`);
  for (const [i, line] of expected.entries()) {
    publisher.send(line);
    if (i % 20 === 10) cutter.cut();
    await delay(5);
  }
  while (lines.length < expected.length) await delay(20);
  assert.deepEqual(lines, expected);
  assert.ok(cutter.count > 1);
  publisher.close();
}

/** Something between client and server that cuts their connections. */
async function startCutter(t, target) {
  const sockets = new Set();
  const cutter = {
    count: 0,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    }
  };
  const server = net.createServer((near) => {
    const far = net.connect(target, '127.0.0.1');
    cutter.count++;
    for (const [one, other] of [
      [near, far],
      [far, near]
    ]) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => {});
      one.on('close', () => sockets.delete(one) && other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cutter.port = String(server.address().port);
  t.after(() => {
    cutter.cut();
    server.close();
  });
  return cutter;
}

/** A program with a Redis of its own, if it wants one. */
async function withRedis(t, program) {
  if (!program.includes('redis://')) return program;
  const redis = await RedisServer.create();
  await redis.start();
  t.after(() => redis.end());
  return program.replace('redis://127.0.0.1:6379', redis.url);
}

/** Starts a program in place of port 3000 on a free one. */
async function start(t, program) {
  const port = await freePort();
  const child = run(
    t,
    program.replace('listen(3000)', `listen(${port}, '127.0.0.1')`)
  );
  while (!(await listens(port))) {
    assert.equal(child.exitCode, null, 'the program ended');
    await delay(20);
  }
  return port;
}

/** Runs a program where it finds packages, and the files that it reads. */
function run(t, program, { files = {}, stdout = 'inherit' } = {}) {
  const cwd = mkdtempSync(path.join(HERE, 'program-'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(cwd, name), content);
  }
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { cwd, stdio: ['ignore', stdout, 'inherit'] }
  );
  t.after(() => {
    child.kill();
    rmSync(cwd, { force: true, recursive: true });
  });
  return child;
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true) || socket.destroy());
    socket.on('error', () => resolve(false));
  });
}
