// framewright/metrics in the registry of prom-client, and in a Prometheus that scrapes it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';

import framewright from 'framewright';
import { heartbeat } from 'framewright/heartbeat';
import { metrics, prometheus } from 'framewright/metrics';
import client from 'prom-client';

import { open, until } from '../limits/kit.mjs';

const PROMETHEUS = '/usr/bin/prometheus';
const skip = existsSync(PROMETHEUS)
  ? false
  : `no ${PROMETHEUS}; install it with: apt-get install prometheus`;

/** A server that is counted, whose one client has sent three messages. */
async function talk(t, options = {}) {
  const server = await open(t, framewright);
  const counting = metrics(server.wss);
  const register = new client.Registry();
  const end = prometheus(counting, { register, ...options });
  t.after(() => counting.close());
  server.wss.on('connection', (ws) => {
    ws.on('message', (data) => ws.send(data));
  });
  const peer = await server.connect();
  for (const text of ['a', 'bc', 'def']) peer.send(text);
  let got = 0;
  peer.on('message', () => got++);
  await until(() => got === 3);
  return { counting, end, peer, register, server };
}

describe('prom-client', { timeout: 60_000 }, () => {
  it('tells what was counted, each time it is asked', async (t) => {
    const { counting, peer, register, server } = await talk(t);
    const lines = async () => (await register.metrics()).split('\n');
    let text = await lines();
    for (const line of [
      '# TYPE framewright_received_messages_total counter',
      'framewright_received_messages_total{type="text"} 3',
      'framewright_received_messages_total{type="binary"} 0',
      'framewright_received_payload_bytes_total{type="text"} 6',
      'framewright_sent_messages_total{type="binary"} 3',
      'framewright_received_wire_bytes_total 24',
      '# TYPE framewright_connections gauge',
      'framewright_connections 1',
      'framewright_connections_opened_total 1'
    ]) {
      assert.ok(text.includes(line), line);
    }

    heartbeat(server.wss, { interval: 20 });
    await until(() => counting.snapshot().roundTrips.count > 0);
    peer.close(1000);
    await until(() => counting.open === 0);
    text = await lines();
    for (const line of [
      'framewright_connections 0',
      'framewright_connections_closed_total{code="1000"} 1',
      'framewright_received_messages_total{type="text"} 3'
    ]) {
      assert.ok(text.includes(line), line);
    }
    const trips = text.find((line) =>
      line.startsWith('framewright_round_trip_seconds_count ')
    );
    assert.ok(Number(trips.split(' ')[1]) > 0);
  });

  it('takes a prefix, and leaves the registry when it ends', async (t) => {
    const { counting, end, register } = await talk(t, { prefix: 'ws_' });
    assert.match(await register.metrics(), /^ws_connections 1$/m);
    assert.throws(() => prometheus(counting, { prefixes: 'x' }), {
      name: 'TypeError',
      message: /options\.prefixes is not an option/
    });
    end();
    assert.equal((await register.metrics()).trim(), '');
  });
});

it('Prometheus scrapes it', { skip, timeout: 120_000 }, async (t) => {
  const { register, peer, counting } = await talk(t);
  const target = http.createServer(async (req, res) => {
    res.setHeader('Content-Type', register.contentType);
    res.end(await register.metrics());
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  t.after(() => target.close() && target.closeAllConnections());
  const port = await startPrometheus(t, target.address().port);

  await until(async () => (await query(port, 'up')) === 1);
  assert.equal(await query(port, 'framewright_connections'), 1);
  assert.equal(
    await query(port, 'framewright_received_messages_total{type="text"}'),
    3
  );
  peer.close(4001);
  await until(() => counting.open === 0);
  await until(
    async () =>
      (await query(
        port,
        'framewright_connections_closed_total{code="4001"}'
      )) === 1
  );
});

describe('the Grafana dashboard', { timeout: 120_000 }, () => {
  const { panels } = JSON.parse(
    readFileSync(
      new URL('../../docs/api/grafana-dashboard.json', import.meta.url),
      'utf8'
    )
  );
  const expressions = panels
    .flatMap(({ targets }) => targets)
    .map(({ expr }) => expr);

  it('shows what there is, and all of it but the codec’s', async (t) => {
    const { register } = await talk(t);
    const { length } = 'framewright_';
    const there = new Set(
      register.getMetricsAsArray().map(({ name }) => name.slice(length))
    );
    const shown = new Set(
      expressions.flatMap((expression) =>
        [...expression.matchAll(/framewright_(\w+?)(?:_bucket)?\{/g)].map(
          ([, name]) => name
        )
      )
    );
    assert.deepEqual(
      [...shown].sort(),
      [...there].filter((name) => !/^codec|^handshakes/.test(name)).sort()
    );
  });

  it('asks what Prometheus understands', { skip }, async (t) => {
    const port = await startPrometheus(t, 9);
    for (const expression of expressions) {
      await query(
        port,
        expression
          .replaceAll('$__rate_interval', '1m')
          .replaceAll('$instance', '.*')
      );
    }
  });
});

/** Starts a Prometheus of its own that scrapes a port. */
async function startPrometheus(t, target) {
  const folder = mkdtempSync(path.join(tmpdir(), 'prometheus-'));
  const config = path.join(folder, 'prometheus.yml');
  const port = await freePort();
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [
        {
          job_name: 'app',
          static_configs: [{ targets: [`127.0.0.1:${target}`] }]
        }
      ]
    })
  );
  const child = spawn(
    PROMETHEUS,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`
    ],
    { stdio: 'ignore' }
  );
  t.after(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    rmSync(folder, { force: true, recursive: true });
  });
  await until(() =>
    query(port, 'up').then(
      (up) => up !== undefined,
      () => false
    )
  );
  return port;
}

async function query(port, query) {
  const search = new URLSearchParams({ query });
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${search}`);
  const { data, error } = await answer.json();
  assert.equal(error, undefined, query);
  return data.result.length === 0 ? undefined : Number(data.result[0].value[1]);
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
