// The programs in the documentation run as they are printed, and do what their page says.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { WebSocket } from 'ws';

import { credentials } from '../http2/kit.mjs';
import { connect, tunnel } from '../http2/tunnel.mjs';

const DOCS = new URL('../../docs/', import.meta.url);
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** By page, what to try with each of its programs. */
const PAGES = {
  'heartbeat.md': [greets, greets],
  'limits.md': [greets],
  'metrics.md': [tells, greets],
  'http2.md': [greetsOverHttp2, greetsOverHttp2]
};

for (const [page, trials] of Object.entries(PAGES)) {
  const text = readFileSync(new URL(page, DOCS), 'utf8');
  const programs = [...text.matchAll(/^```js\n(.*?)^```$/gms)]
    .map(([, program]) => program)
    .filter((program) => program.includes('listen(3000)'));

  it(`${page} has a trial for each program`, () => {
    assert.equal(programs.length, trials.length);
  });

  trials.forEach((trial, i) => {
    it(`${page}, program ${i + 1}`, { timeout: 60_000 }, async (t) => {
      await trial(await start(t, programs[i]));
    });
  });
}

async function greets(port, { protocol = 'ws', ...options } = {}) {
  const client = new WebSocket(`${protocol}://127.0.0.1:${port}/`, options);
  const [data] = await once(client, 'message');
  assert.equal(String(data), 'hello');
  client.close();
  await once(client, 'close');
}

async function greetsOverHttp2(port) {
  await greets(port, { protocol: 'wss', rejectUnauthorized: false });
  const session = await connect(`https://127.0.0.1:${port}`);
  await greets(port, { createConnection: tunnel(session) });
  session.close();
}

async function tells(port) {
  await greets(port);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(text, /^framewright_connections_opened_total 1$/m);
}

/** Starts a program in place of port 3000 on a free one. */
async function start(t, program) {
  const port = await freePort();
  const { cert, key } = await credentials();
  // Where it finds packages, and the files that it reads.
  const cwd = mkdtempSync(path.join(HERE, 'program-'));
  writeFileSync(path.join(cwd, 'cert.pem'), cert);
  writeFileSync(path.join(cwd, 'key.pem'), key);
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      program.replace('listen(3000)', `listen(${port}, '127.0.0.1')`)
    ],
    { cwd, stdio: ['ignore', 'inherit', 'inherit'] }
  );
  t.after(() => {
    child.kill();
    rmSync(cwd, { force: true, recursive: true });
  });
  while (!(await listens(port))) {
    assert.equal(child.exitCode, null, 'the program ended');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return port;
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
