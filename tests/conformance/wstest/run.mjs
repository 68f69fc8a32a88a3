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

import { outcomeOf } from './outcome.mjs';
import { tellProgress } from './progress.mjs';

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
    const outcome = await run(role, backend, values.cases.split(','));
    judge(outcome, `${role}, ${backend}`);
    if (outcome.timeouts.length === 0) continue;
    // Again, and alone: where that is in time, the machine was slow.
    const again = await run(role, backend, outcome.timeouts, '-again');
    judge(again, `${role}, ${backend}, again`);
    again.faults.push(...again.timeouts);
    if (again.faults.length > 0) process.exitCode = 1;
  }
}
console.log(`reports: ${reports}`);

async function run(role, backend, cases, suffix = '') {
  const outdir = join(reports, `${role}-${backend}${suffix}`);
  const agent = `ws-${backend}`;
  const test = role === 'server' ? testServer : testClient;
  await test({ agent, backend, cases, name: `${role}, ${backend}`, outdir });
  const read = (file) => JSON.parse(readFileSync(join(outdir, file)));
  return outcomeOf(read('index.json')[agent] ?? {}, read);
}

async function testServer({ agent, backend, outdir, ...about }) {
  const server = endpoint(backend, ['server']);
  const [port] = await once(createInterface(server.stdout), 'line');
  const url = `ws://127.0.0.1:${port}`;
  const servers = [{ agent, url }];
  const suite = wstest('fuzzingclient', { outdir, servers, ...about });
  await succeeded(suite);
  server.kill();
}

async function testClient({ agent, backend, ...about }) {
  const port = await freePort();
  const url = `ws://127.0.0.1:${port}`;
  const suite = wstest('fuzzingserver', { url, ...about });
  await listens(port);
  await succeeded(endpoint(backend, ['client', url, agent]));
  suite.kill();
}

function endpoint(backend, args) {
  const register =
    backend === 'off' ? [] : ['--import', 'framewright/register'];
  return start(process.execPath, [...register, ENDPOINT, ...args], {
    env: { ...process.env, FRAMEWRIGHT: backend },
    stdio: ['ignore', 'pipe', 'inherit']
  });
}

function wstest(mode, { name, ...settings }) {
  const spec = join(reports, `${mode}.json`);
  const none = { 'exclude-cases': [], 'exclude-agent-cases': {} };
  writeFileSync(spec, JSON.stringify({ ...none, ...settings }));
  const web = mode === 'fuzzingserver' ? ['--webport', '0'] : [];
  const args = ['--mode', mode, '--spec', spec, ...web];
  const suite = start(values.wstest, args, {
    // Else Python keeps what it prints until there is more of it.
    env: { ...process.env, PYTHONUNBUFFERED: '1', PYTHONWARNINGS: 'ignore' },
    stdio: ['ignore', 'pipe', 'inherit']
  });
  tellProgress(suite.stdout, name);
  return suite;
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

/** Prints what came out, and fails the run where there is a fault. */
function judge({ counts, faults, timeouts, total }, name) {
  console.log(`${name}: ${total} cases, ${JSON.stringify(counts)}`);
  for (const id of faults) console.log(`  ✗ ${id}: wrong`);
  for (const id of timeouts) {
    console.log(`  … ${id}: the suite's time for it was over`);
  }
  if (faults.length > 0 || total === 0) process.exitCode = 1;
}
