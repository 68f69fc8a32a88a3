// How far one process, one machine and one Redis go: `node bench/production/scaling.mjs`
//
// 10,000 connections (CONNECTIONS) in two server processes (SERVERS), whose hubs share a Redis of this script's own. The
// clients are bare sockets in two processes of their own. It reports processor time, which says more than rates do where
// servers, clients and Redis share few cores.
//
// Raise the limit on open files first: `ulimit -n 65536`.
import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { head, row } from '../harness/report/markdown.mjs';

const CONNECTIONS = Number(process.env.CONNECTIONS ?? 10_000);
const SERVERS = Number(process.env.SERVERS ?? 2);
const CLIENTS = 2;
const MESSAGES = Number(process.env.MESSAGES ?? 100);
const PUBLISHED = Number(process.env.PUBLISHED ?? 20_000);
const REDIS_PORT = Number(process.env.REDIS_PORT ?? 16_379);
const url = `redis://127.0.0.1:${REDIS_PORT}`;
const FIGURES = { command: 'figures' };
const TITLES = { plain: 'Pub/Sub', history: 'with history' };
const SERVER = fileURLToPath(new URL('scaling/server.mjs', import.meta.url));
const CLIENT = fileURLToPath(new URL('scaling/clients.mjs', import.meta.url));

/** What was measured: by name, the values by kind. */
const figures = new Map();
let kindNow;

await main();

async function main() {
  const redis = spawn(
    'redis-server',
    ['--port', String(REDIS_PORT), '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' }
  );
  console.log(
    `${os.cpus().length} cores, load ${os.loadavg()[0].toFixed(1)} of others, ` +
      `Node ${process.versions.node}`
  );
  const kinds = (process.env.KINDS ?? 'plain,history').split(',');
  try {
    await delay(500);
    for (const kind of kinds) await measure(kind);
  } finally {
    redis.kill();
  }
  const heads = kinds.map((kind) => TITLES[kind]);
  const what = `${CONNECTIONS.toLocaleString('en')} connections, ${SERVERS} processes`;
  console.log(`\n${head([what, ...heads])}`);
  for (const [name, values] of figures) {
    const cells = kinds.map((kind) => values[kind] ?? '');
    console.log(row([name, ...cells]));
  }
}

async function measure(kind) {
  const servers = [];
  const peers = [];
  kindNow = kind;
  console.log(`\n${TITLES[kind]}`);
  try {
    for (let i = 0; i < SERVERS; i++) {
      const child = fork(SERVER, [kind, url], { execArgv: ['--expose-gc'] });
      const [port] = await once(child, 'message');
      servers.push({ child, port });
    }
    const before = await askAll(servers, FIGURES);
    const ports = servers.map(({ port }) => port).join();
    for (let i = 0; i < CLIENTS; i++) {
      const count = CONNECTIONS / CLIENTS;
      const child = fork(CLIENT, [kind, ports, String(count)]);
      peers.push({ child });
    }
    await Promise.all(peers.map(({ child }) => once(child, 'message')));
    const open = await askAll(servers, FIGURES);
    const handshake = sum(open, 'cpu') - sum(before, 'cpu');
    const rss = sum(open, 'rss') - sum(before, 'rss');
    tell('connections', sum(open, 'connections'));
    tell(
      'memory of a connection',
      `${(rss / CONNECTIONS / 1024).toFixed(1)} KB`
    );
    tell('processor time of a handshake', micros(handshake / CONNECTIONS));

    // One topic that all have joined.
    await fanOut(servers, peers, 10);
    const cpu = await askAll(servers, FIGURES);
    const start = performance.now();
    await fanOut(servers, peers, MESSAGES);
    const seconds = (performance.now() - start) / 1000;
    const after = await askAll(servers, FIGURES);
    const deliveries = MESSAGES * CONNECTIONS;
    const used = sum(after, 'cpu') - sum(cpu, 'cpu');
    tell('deliveries of one topic', `${rate(deliveries / seconds)} a second`);
    tell('processor time of a delivery', micros(used / deliveries));

    await publish(servers, 'on a topic of all processes', 'shared');

    // Many topics that only other processes have joined.
    await publish(servers, 'on topics that nobody has', 'topic');

    if (kind === 'history') await comeBack(servers, peers);
  } finally {
    for (const { child } of [...peers, ...servers]) child.kill();
  }
}

/** Publishes, and waits until all clients have it. */
async function fanOut(servers, peers, count) {
  const done = peers.map(({ child }) => once(child, 'message'));
  for (const { child } of peers) child.send({ expect: count });
  servers[0].child.send({ command: 'fanOut', count });
  await Promise.all(done);
}

/** Publishes where no connection is. */
async function publish(servers, what, topic) {
  const before = redisTime();
  const command = { command: 'publish', count: PUBLISHED, topic };
  const [{ cpu, seconds }] = await askAll(servers.slice(0, 1), command);
  const name = `publishing ${what}`;
  tell(name, `${rate(PUBLISHED / seconds)} a second`);
  tell(`${name}: processor time`, micros(cpu / PUBLISHED));
  tell(`${name}: Redis`, micros((redisTime() - before) / PUBLISHED));
}

/** All clients lose their connections, miss 10 messages, and return. */
async function comeBack(servers, peers) {
  const missed = 10;
  const done = peers.map(({ child }) => once(child, 'message'));
  for (const { child } of peers) child.send({ cut: true });
  await Promise.all(done);
  servers[0].child.send({ command: 'fanOut', count: missed });
  await delay(1000);
  const [cpu, redis] = [await askAll(servers, FIGURES), redisTime()];
  const start = performance.now();
  const back = peers.map(({ child }) => once(child, 'message'));
  for (const { child } of peers) child.send({ back: missed });
  await Promise.all(back);
  const seconds = (performance.now() - start) / 1000;
  const used = sum(await askAll(servers, FIGURES), 'cpu') - sum(cpu, 'cpu');
  tell(
    `return of all, each with ${missed} missed`,
    `${rate(CONNECTIONS / seconds)} a second`
  );
  tell('return: processor time', micros(used / CONNECTIONS));
  tell('return: Redis', micros((redisTime() - redis) / CONNECTIONS));
}

async function askAll(servers, command) {
  const answers = servers.map(({ child }) => once(child, 'message'));
  for (const { child } of servers) child.send(command);
  return (await Promise.all(answers)).map(([answer]) => answer);
}

/** What Redis has used so far, in µs. */
function redisTime() {
  const text = execFileSync(
    'redis-cli',
    ['-p', String(REDIS_PORT), 'info', 'cpu'],
    { encoding: 'utf8' }
  );
  const of = (name) => Number(new RegExp(`${name}:([\\d.]+)`).exec(text)[1]);
  return (of('used_cpu_sys') + of('used_cpu_user')) * 1e6;
}

function sum(list, name) {
  return list.reduce((total, item) => total + item[name], 0);
}

function tell(what, value) {
  const text = value.toLocaleString('en');
  console.log(`${what.padEnd(38)} ${text}`);
  if (!figures.has(what)) figures.set(what, {});
  figures.get(what)[kindNow] = text;
}

function micros(value) {
  return `${value.toFixed(2)} µs`;
}

function rate(value) {
  return Math.round(value).toLocaleString('en');
}
