// `framewright proxy`: bytes pass unchanged both ways, and are shown and recorded.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { generate } from 'selfsigned';
import WebSocket, { WebSocketServer } from 'ws';

import addresses from '../../../npm/framewright/lib/cli/addresses.js';
import { RecordType } from '../../../npm/inspector/src/live/decoder.js';
import { RawClient, Watch, listen, request } from '../../tap/support/watch.mjs';
import { CLOSE, TEXT, closeBody, frame } from '../../lib/frames.mjs';
import { Command, run } from '../command.mjs';
import { HOST, LIMIT, connect, readAll, start, tcpServer } from './setup.mjs';

const { readServer } = addresses;

const maskingKey = Buffer.from([9, 8, 7, 6]);

async function echoServer(t, options) {
  const server = options
    ? https.createServer(options)
    : http.createServer((req, res) => res.end(`you asked for ${req.url}`));
  const wss = new WebSocketServer({ server, perMessageDeflate: true });
  wss.on('connection', (ws, req) => {
    ws.host = req.headers.host;
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
    ws.on('error', () => {});
  });
  return { port: await listen(t, server), wss };
}

it('forwards whatever it is, in both directions', LIMIT, async (t) => {
  const port = await tcpServer(t, (socket) => socket.pipe(socket));
  const proxy = await start(t, port);
  const sent = Buffer.alloc(3_000_000);
  for (let i = 0; i < sent.length; i++) sent[i] = (i * i) >> 3;
  const socket = connect(t, proxy.port);
  socket.end(sent);
  assert.ok((await readAll(socket)).equals(sent));
});

it(
  'forwards HTTP, request after request on one connection',
  LIMIT,
  async (t) => {
    const { port } = await echoServer(t);
    const proxy = await start(t, port);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    for (const path of ['/a', '/b', '/c']) {
      const [response] = await once(
        http.get({ agent, host: HOST, path, port: proxy.port }),
        'response'
      );
      assert.equal(
        (await readAll(response)).toString(),
        `you asked for ${path}`
      );
    }
  }
);

it(
  'shows the WebSocket connections as they are on the wire',
  LIMIT,
  async (t) => {
    const { port } = await echoServer(t);
    const proxy = await start(t, port);
    const watch = await Watch.open(proxy.base);
    t.after(() => watch.close());
    await request(`http://${HOST}:${proxy.port}/no-websocket`);

    const client = await RawClient.open(proxy.port, '/chat?room=1');
    const sent = Buffer.concat([
      frame({ opcode: TEXT, payload: Buffer.from('hello'), maskingKey }),
      frame({ opcode: CLOSE, payload: closeBody(1000), maskingKey })
    ]);
    client.write(sent);
    await client.receives(7 + 4);
    await watch.until(() => watch.all(RecordType.CLOSE).length === 1);
    assert.equal(watch.all(RecordType.OPEN).length, 1);
    const opened = watch.opened('/chat?room=1');
    assert.equal(Buffer.from(opened.request).toString(), client.request);
    assert.equal(Buffer.from(opened.response).toString(), client.response);
    assert.equal(opened.peer, `${HOST}:${client.port}`);
    assert.equal(opened.isMidstream, false);
    assert.ok(watch.bytes(opened.conn, false).equals(sent));
    assert.ok(watch.bytes(opened.conn, true).equals(client.received));
    assert.equal(watch.closed(opened.conn).by, 2);
  }
);

it('shows a connection whose heads come byte by byte', LIMIT, async (t) => {
  const hello = frame({ opcode: TEXT, payload: Buffer.from('hello') });
  const response =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n';
  const port = await tcpServer(t, async (socket) => {
    for await (const bytes of socket) {
      if (!bytes.includes('\r\n\r\n')) continue;
      for (const byte of Buffer.concat([Buffer.from(response), hello])) {
        socket.write(Buffer.from([byte]));
        await delay(1);
      }
      return;
    }
  });
  const proxy = await start(t, port);
  const watch = await Watch.open(proxy.base);
  t.after(() => watch.close());
  const socket = connect(t, proxy.port);
  socket.setNoDelay();
  for (const byte of Buffer.from(
    'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: WebSocket\r\n\r\n'
  )) {
    socket.write(Buffer.from([byte]));
    await delay(1);
  }
  const received = await readAll(socket);
  assert.ok(received.equals(Buffer.concat([Buffer.from(response), hello])));
  socket.end();
  await watch.until(() => watch.all(RecordType.CLOSE).length === 1);
  const { conn, response: shown } = watch.opened('/');
  assert.match(Buffer.from(shown).toString(), /^HTTP\/1\.1 101 /);
  assert.ok(watch.bytes(conn, true).equals(hello));
});

it('shows a handshake that the server refuses', LIMIT, async (t) => {
  const server = http.createServer((req, res) => res.writeHead(403).end('no'));
  const proxy = await start(t, await listen(t, server));
  const watch = await Watch.open(proxy.base);
  t.after(() => watch.close());
  const client = await RawClient.open(proxy.port, '/refused');
  assert.match(client.response, / 403 /);
  await watch.until(() => watch.all(RecordType.CLOSE).length === 1);
  assert.match(
    Buffer.from(watch.opened('/refused').response).toString(),
    / 403 /
  );
});

it('passes on the end of each direction by itself', LIMIT, async (t) => {
  const port = await tcpServer(t, async (socket) => {
    const all = await readAll(socket);
    socket.end(`${all.length} bytes, and then the end`);
  });
  const proxy = await start(t, port);
  const socket = connect(t, proxy.port, { allowHalfOpen: true });
  socket.end('x'.repeat(1000));
  assert.equal(
    (await readAll(socket)).toString(),
    '1000 bytes, and then the end'
  );

  const talker = await tcpServer(t, async (socket) => {
    socket.end('the server is done first');
    heard.push((await readAll(socket)).toString());
  });
  const heard = [];
  const other = await start(t, talker);
  const listener = connect(t, other.port, { allowHalfOpen: true });
  assert.equal(
    (await readAll(listener)).toString(),
    'the server is done first'
  );
  listener.end('the client later');
  while (heard.length === 0) await delay(5);
  assert.deepEqual(heard, ['the client later']);
});

it('passes on a head that is cut off', LIMIT, async (t) => {
  const port = await tcpServer(t, async (socket) => {
    socket.end(`got ${await readAll(socket)}`);
  });
  const proxy = await start(t, port);
  const socket = connect(t, proxy.port, { allowHalfOpen: true });
  socket.end('GET / HTTP/1.1\r\nHost: lo');
  assert.equal(
    (await readAll(socket)).toString(),
    'got GET / HTTP/1.1\r\nHost: lo'
  );
});

it('passes on a reset, from either side', LIMIT, async (t) => {
  const codes = [];
  const port = await tcpServer(t, (socket) => {
    socket.on('error', ({ code }) => codes.push(code));
    socket.on('data', (bytes) => {
      if (bytes.includes('reset me')) socket.resetAndDestroy();
    });
    socket.write('hello');
  });
  const proxy = await start(t, port);

  const resetter = connect(t, proxy.port);
  await once(resetter, 'data');
  resetter.resetAndDestroy();
  while (codes.length === 0) await delay(5);
  assert.deepEqual(codes, ['ECONNRESET']);

  const victim = connect(t, proxy.port);
  await once(victim, 'data');
  victim.write('reset me');
  const [{ code }] = await once(victim, 'error');
  assert.equal(code, 'ECONNRESET');
});

it('says so where the server is not there, and goes on', LIMIT, async (t) => {
  const placeholder = net.createServer().listen(0, HOST);
  await once(placeholder, 'listening');
  const { port } = placeholder.address();
  placeholder.close();
  await once(placeholder, 'close');
  const proxy = await start(t, port);
  for (let i = 0; i < 2; i++) {
    const { body, status } = await request(`http://${HOST}:${proxy.port}/`);
    assert.equal(status, 502);
    assert.equal(body, "The proxy can't reach the server: ECONNREFUSED\n");
  }
  await proxy.command.prints(/The server can't be reached: .*ECONNREFUSED/);
});

it('reads no faster than the receiver', LIMIT, async (t) => {
  let taken = 0;
  let resume;
  const port = await tcpServer(t, (socket) => {
    socket.pause();
    socket.on('data', ({ length }) => (taken += length));
    socket.on('end', () => socket.end());
    resume = () => socket.resume();
  });
  const proxy = await start(t, port);
  const socket = connect(t, proxy.port);
  socket.resume();
  const block = Buffer.alloc(1 << 20);
  let sent = 0;
  // Until the kernel's buffers on the way are full: half a second of nothing.
  for (;;) {
    if (!socket.write(block)) {
      const drained = await Promise.race([
        once(socket, 'drain').then(() => true),
        delay(500, false)
      ]);
      sent += block.length;
      if (!drained) break;
    } else {
      sent += block.length;
    }
    assert.ok(sent < 512 << 20, 'there is no backpressure');
  }
  const rss = residentOf(proxy.command.child.pid);
  if (rss) assert.ok(rss < 200 << 20, `${rss} bytes resident`);
  assert.equal(taken, 0);
  resume();
  socket.end();
  await once(socket, 'close');
  assert.equal(taken, sent);
});

function residentOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) * 1024;
  } catch {
    return null;
  }
}

it('reaches servers that want TLS, by their name', LIMIT, async (t) => {
  const { cert, private: key } = await generate([
    { name: 'commonName', value: 'localhost' }
  ]);
  const { port, wss } = await echoServer(t, { cert, key });
  const proxy = await start(t, port, ['--tls', '--insecure']);
  const watch = await Watch.open(proxy.base);
  t.after(() => watch.close());
  const client = new WebSocket(`ws://${HOST}:${proxy.port}/secure`);
  await once(client, 'open');
  client.send('over TLS');
  const [data] = await once(client, 'message');
  assert.equal(data.toString(), 'over TLS');
  assert.deepEqual(
    [...wss.clients].map(({ host }) => host),
    [`${HOST}:${port}`]
  );
  client.close();
  await watch.until(() => watch.all(RecordType.CLOSE).length === 1);
  assert.equal(watch.opened('/secure').isTls, true);

  const strict = await start(t, port, ['--tls']);
  const { body, status } = await request(`http://${HOST}:${strict.port}/`);
  assert.equal(status, 502);
  assert.match(body, /DEPTH_ZERO_SELF_SIGNED_CERT/);
});

for (const [scheme, isTls] of [
  ['ws', false],
  ['http', false],
  ['wss', true],
  ['https', true]
]) {
  it(`forwards to a URL of ${scheme}:`, LIMIT, async (t) => {
    const { cert, private: key } = await generate([
      { name: 'commonName', value: 'localhost' }
    ]);
    const { port } = await echoServer(t, isTls ? { cert, key } : undefined);
    const to = `${scheme}://${HOST}:${port}/chat?room=1`;
    const proxy = await start(t, port, isTls ? ['--insecure'] : [], to);
    const [, url] = await proxy.command.prints(/^Clients connect to (ws:\S+)/m);
    assert.equal(url, `ws://${HOST}:${proxy.port}/chat?room=1`);
    const client = new WebSocket(url);
    await once(client, 'open');
    client.send(scheme);
    const [data] = await once(client, 'message');
    assert.equal(data.toString(), scheme);
    client.close();
  });
}

it('says which servers it takes', LIMIT, async () => {
  const refuse = async (args, problem) => {
    const { code, stderr } = await run(['proxy', '--listen', '0', ...args]);
    assert.equal(code, 2, args.join(' '));
    assert.ok(stderr.includes(problem), stderr);
  };
  for (const to of ['ftp://a', 'wss://', 'ws://a:0', 'ws://a:99999', '://a']) {
    await refuse(
      ['--to', to],
      `'${to}' is not valid for option '--to <server>'. It must be like ` +
        'wss://example.org or ws://[::1]:80.'
    );
  }
  await refuse(
    ['--to', 'wss://ann:secret@example.org'],
    'The proxy adds no credentials: leave them out.'
  );
  await refuse(
    ['--tls', '--to', 'ws://example.org'],
    "option '--tls': the URL of the server says that it wants no TLS"
  );
});

it('reads the ports of URLs', () => {
  const read = (text) => readServer(text);
  const at = (host, port, tls) => ({ host, path: '/', port, tls });
  assert.deepEqual(read('ws://example.org'), at('example.org', 80, false));
  assert.deepEqual(read('wss://example.org/'), at('example.org', 443, true));
  assert.deepEqual(read('https://[::1]:8443'), at('::1', 8443, true));
  assert.deepEqual(read('http://A.example:80'), at('a.example', 80, false));
  assert.deepEqual(read('localhost:3000'), { host: 'localhost', port: 3000 });
});

it('records what Wireshark reads', LIMIT, async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'framewright-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'all.pcapng');
  const { port } = await echoServer(t);
  const proxy = await start(t, port, ['--save', file]);
  await proxy.command.prints(/Recording to/);

  const client = new WebSocket(`ws://${HOST}:${proxy.port}/recorded`, {
    perMessageDeflate: false
  });
  const big = 'x'.repeat(200_000);
  await once(client, 'open');
  for (const text of ['hello', big]) {
    client.send(text);
    const [data] = await once(client, 'message');
    assert.equal(data.toString(), text);
  }
  client.ping('are you there?');
  await once(client, 'pong');
  client.close(1000, 'bye');
  await once(client, 'close');
  await request(`http://${HOST}:${proxy.port}/`, { method: 'POST' });
  const refused = connect(t, proxy.port);
  refused.write('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n');
  await readAll(refused);
  await proxy.command.interrupt();
  assert.match(proxy.command.stdout, /\d+ packets are in /);
  assert.equal(proxy.command.code, 0);

  const frames = tshark(t, file, proxy.port);
  if (!frames) return;
  assert.deepEqual(frames, [
    // opcode, mask, the two forms of the length
    ['1', '1', '5', ''],
    ['1', '0', '5', ''],
    ['1', '1', '127', '200000'],
    ['1', '0', '127', '200000'],
    ['9', '1', '14', ''],
    ['10', '0', '14', ''],
    ['8', '1', '5', ''],
    ['8', '0', '5', '']
  ]);
  const { stdout } = spawnSync('tshark', [
    ...['-r', file, '-d', `tcp.port==${proxy.port},http`, '-Y', 'http'],
    ...['-T', 'fields'],
    ...['http.request.method', 'http.response.code'].flatMap((field) => [
      '-e',
      field
    ])
  ]);
  assert.deepEqual(stdout.toString().trim().split(/\s+/), [
    ...['GET', '101', 'POST', '200', 'CONNECT', '501']
  ]);
});

/** The WebSocket fields that tshark finds; complains about no packet. */
function tshark(t, file, port) {
  const decode = ['-r', file, '-d', `tcp.port==${port},http`];
  const bad = spawnSync('tshark', [
    ...[
      '-r',
      file,
      '-o',
      'tcp.check_checksum:TRUE',
      '-o',
      'ip.check_checksum:TRUE'
    ],
    ...[
      '-Y',
      '_ws.malformed || tcp.analysis.flags || tcp.checksum.status==0 || ip.checksum.status==0'
    ],
    ...['-T', 'fields', '-e', 'frame.number', '-e', '_ws.col.Info']
  ]);
  if (bad.error) {
    t.diagnostic('not compared with tshark, which is not installed');
    return null;
  }
  assert.equal(bad.stdout.toString(), '', 'packets that tshark flags');
  const { stdout } = spawnSync('tshark', [
    ...[...decode, '-Y', 'websocket', '-T', 'fields', '-E', 'occurrence=a'],
    ...['opcode', 'mask', 'payload_length', 'payload_length_ext_64'].flatMap(
      (field) => ['-e', `websocket.${field}`]
    )
  ]);
  return stdout
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'));
}

it('records IPv6, resets and half-closed connections', LIMIT, async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'framewright-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'six.pcapng');
  const port = await tcpServer(t, (socket) => socket.pipe(socket));
  const command = new Command([
    'proxy',
    '--listen',
    '[::1]:0',
    '--to',
    `${HOST}:${port}`,
    '--save',
    file
  ]);
  t.after(() => command.interrupt());
  const [, at] = await command.prints(/^Forwarding \[::1\]:(\d+) to/m);
  const socket = connect(t, Number(at), { host: '::1' });
  socket.end('hello');
  assert.equal((await readAll(socket)).toString(), 'hello');
  const resetter = connect(t, Number(at), { host: '::1' });
  resetter.write('hello');
  await once(resetter, 'data');
  resetter.resetAndDestroy();
  await delay(100);
  await command.interrupt();

  const { error, stdout } = spawnSync('tshark', [
    ...['-r', file, '-o', 'tcp.check_checksum:TRUE', '-T', 'fields'],
    ...['ipv6.src', 'tcp.flags.str', 'tcp.len', 'tcp.checksum.status'].flatMap(
      (field) => ['-e', field]
    )
  ]);
  if (error) return t.diagnostic('not compared with tshark');
  const lines = stdout.toString().trimEnd().split('\n');
  assert.ok(
    lines.every((line) => line.startsWith('::1\t')),
    lines.join('\n')
  );
  assert.ok(
    lines.every((line) => line.endsWith('\t1')),
    'checksums are good'
  );
  const flags = lines.map((line) => line.split('\t')[1].replace(/[^A-Z]/g, ''));
  assert.equal(flags.filter((flag) => flag === 'S').length, 2);
  assert.equal(flags.filter((flag) => flag === 'AF').length, 2);
  assert.equal(flags.filter((flag) => flag === 'AR').length, 1);
});

it('says what is wrong with its options', LIMIT, async () => {
  const to = ['--to', 'localhost:1'];
  const listen = ['--listen', '0'];
  const wrong = [
    [[], /required option '--listen/],
    [listen, /required option '--to/],
    [['--listen', 'http://a', ...to], /like localhost:3000/],
    [['--listen', '70000', ...to], /from 0 to 65535/],
    [[...listen, '--to', 'localhost'], /like localhost:3000/],
    [[...listen, '--to', 'localhost:0'], /a port that a server is on/],
    [[...listen, ...to, '--page', 'x'], /from 0 to 65535/],
    [[...listen, ...to, '--what'], /unknown option/]
  ];
  for (const [args, message] of wrong) {
    const { code, stderr, stdout } = await run(['proxy', ...args]);
    assert.match(stderr, message);
    assert.equal(code, 2, args.join(' '));
    assert.equal(stdout, '');
  }
});

it('says so where it can not listen or write', LIMIT, async (t) => {
  const port = await tcpServer(t, () => {});
  const failing = [
    [['--listen', String(port)], /^framewright: can't listen: .*EADDRINUSE/],
    [['--listen', '0', '--page', String(port)], /can't listen: .*EADDRINUSE/],
    [['--listen', '0', '--save', '/nowhere/x.pcapng'], /can't write .*ENOENT/]
  ];
  for (const [args, message] of failing) {
    const { code, stderr } = await run(['proxy', '--to', '1', ...args]);
    assert.match(stderr, message);
    assert.equal(code, 1);
  }
});
