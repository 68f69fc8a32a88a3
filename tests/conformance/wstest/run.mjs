// Runs the Autobahn TestSuite itself against ws on the codec, in both roles:
//
//   node tests/conformance/wstest/run.mjs                     needs `wstest`, see below
//   … --backend wasm --role client --cases '1.*,6.4.*'        `--backend off` is stock ws
//   … --wstest /path/to/wstest --reports folder
//
// The suite runs on Python 2.7 only; that's why `npm test` has cases of our own in its place:
//
//   python2.7 -m pip install virtualenv && python2.7 -m virtualenv env
//   env/bin/pip install autobahntestsuite==0.8.2     then --wstest env/bin/wstest

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ENDPOINT = fileURLToPath(new URL('endpoint.mjs', import.meta.url));
const { values } = parseArgs({
  options: {
    backend: { type: 'string', multiple: true, default: ['native', 'wasm'] },
    role: { type: 'string', multiple: true, default: ['server', 'client'] },
    cases: { type: 'string', default: '*' },
    reports: { type: 'string' },
    wstest: { type: 'string', default: 'wstest' }
  }
});
const reports = resolve(
  values.reports ?? mkdtempSync(join(tmpdir(), 'autobahn-'))
);
const children = new Set();

mkdirSync(reports, { recursive: true });
process.on('exit', () => children.forEach((child) => child.kill()));
for (const role of values.role) {
  for (const backend of values.backend) {
    const outdir = join(reports, `${role}-${backend}`);
    const agent = `ws-${backend}`;
    const test = role === 'server' ? testServer : testClient;
    await test({ agent, backend, outdir });
    const { [agent]: cases } = JSON.parse(
      readFileSync(join(outdir, 'index.json'))
    );
    judge(`${role}, ${backend}`, cases);
  }
}
console.log(`reports: ${reports}`);

async function testServer({ agent, backend, outdir }) {
  const server = endpoint(backend, ['server']);
  const [port] = await once(createInterface(server.stdout), 'line');
  const url = `ws://127.0.0.1:${port}`;
  const suite = wstest('fuzzingclient', outdir, { servers: [{ agent, url }] });
  await succeeded(suite);
  server.kill();
}

async function testClient({ agent, backend, outdir }) {
  const port = await freePort();
  const url = `ws://127.0.0.1:${port}`;
  const suite = wstest('fuzzingserver', outdir, { url });
  await listens(port);
  await succeeded(endpoint(backend, ['client', url, agent], 'ignore'));
  suite.kill();
}

function endpoint(backend, args, stdout = 'pipe') {
  const register =
    backend === 'off' ? [] : ['--import', 'framewright/register'];
  return start(process.execPath, [...register, ENDPOINT, ...args], {
    env: { ...process.env, FRAMEWRIGHT: backend },
    stdio: ['ignore', stdout, 'inherit']
  });
}

function wstest(mode, outdir, more) {
  const spec = join(reports, `${mode}.json`);
  const cases = values.cases.split(',');
  const text = { outdir, cases, 'exclude-cases': [], ...more };
  writeFileSync(spec, JSON.stringify({ ...text, 'exclude-agent-cases': {} }));
  const web = mode === 'fuzzingserver' ? ['--webport', '0'] : [];
  return start(values.wstest, ['--mode', mode, '--spec', spec, ...web], {
    env: { ...process.env, PYTHONWARNINGS: 'ignore' },
    stdio: ['ignore', 'ignore', 'inherit']
  });
}

function start(...args) {
  const child = spawn(...args);
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

async function succeeded(child) {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${code}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function listens(port) {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await pause(100);
    } finally {
      socket.destroy();
    }
  }
  throw new Error('wstest does not listen');
}

/** Prints what came out, and fails the run where it isn't all strict. */
function judge(name, cases) {
  const counts = {};
  const wrong = [];
  for (const [number, { behavior, behaviorClose }] of Object.entries(cases)) {
    counts[behavior] = (counts[behavior] ?? 0) + 1;
    const isRight =
      ['OK', 'INFORMATIONAL'].includes(behavior) &&
      ['OK', 'INFORMATIONAL'].includes(behaviorClose);
    if (!isRight) wrong.push(`${number} ${behavior}/${behaviorClose}`);
  }
  const total = Object.keys(cases).length;
  console.log(`${name}: ${total} cases, ${JSON.stringify(counts)}`);
  for (const line of wrong) console.log(`  ✗ ${line}`);
  if (wrong.length > 0 || total === 0) process.exitCode = 1;
}
