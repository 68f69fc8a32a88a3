// WebSockets on streams of HTTP/2 (RFC 8441), by Node's http2 and stock ws: in
// the clear, after an upgrade, and in TLS.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { generate } from 'selfsigned';

import { random } from './support/corpus.mjs';
import { buildFwcap } from './support/tools.mjs';
import { packet, pcapng, Relay, segments } from './support/wire.mjs';

const { WebSocket } = createRequire(import.meta.url)('ws');

const settings = { enableConnectProtocol: true };
// Frames come with padding, of which each is another length.
const paddingStrategy = http2.constants.PADDING_STRATEGY_ALIGNED;
const texts = ['one', 'zwei '.repeat(60), 'три'.repeat(40_000), ''];

function socketOf(stream, isServer) {
  const ws = new WebSocket(null, undefined, { autoPong: true });

  ws._isServer = isServer;
  ws.setSocket(stream, Buffer.alloc(0), {
    allowSynchronousEvents: true,
    maxPayload: 1 << 24,
    skipUTF8Validation: false
  });
  return ws;
}

// Echoes what WebSockets say; anything else gets 404.
function serve(session) {
  session.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':protocol'] !== 'websocket') {
      stream.respond({ ':status': 404 });
      stream.end('no WebSocket');
    } else if (headers[':path'] === '/refused') {
      stream.respond({ ':status': 403 }, { endStream: true });
    } else {
      stream.respond({
        ':status': 200,
        'sec-websocket-protocol': 'echo',
        // Longer than a frame of HEADERS may be.
        'x-long': 'long '.repeat(8000)
      });
      const ws = socketOf(stream, true);

      ws.on('message', (data, binary) => ws.send(data, { binary }));
    }
  });
}

async function request(session, path, headers = {}) {
  const stream = session.request(
    {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': path,
      ':scheme': 'http',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'echo',
      ...headers
    },
    { endStream: false }
  );
  const [{ ':status': status }] = await once(stream, 'response');

  return { stream, status };
}

// Three WebSockets at once, another request, and one that is refused.
async function converse(session) {
  if (!session.remoteSettings?.enableConnectProtocol)
    await once(session, 'remoteSettings');
  const other = session.request({ ':path': '/other' });

  other.resume();
  await once(other, 'end');
  await Promise.all(
    [1, 2, 3].map(async (n) => {
      const { stream, status } = await request(session, `/${n}?a=b`);

      assert.equal(status, 200);
      const ws = socketOf(stream, false);

      for (const text of texts) {
        ws.send(`${n} ${text}`);
        await once(ws, 'message');
      }
      ws.close(1000);
      await once(ws, 'close');
    })
  );
  const { stream, status } = await request(session, '/refused');

  assert.equal(status, 403);
  stream.close();
  session.close();
  await once(session, 'close');
}

const maxSendHeaderBlockLength = 1 << 17;
const maxHeaderListPairs = 1000;
const options = { settings, paddingStrategy, maxSendHeaderBlockLength };
const clientOptions = {
  paddingStrategy,
  maxHeaderListPairs,
  settings: { maxHeaderListSize: 1 << 17 }
};

// Each resolves to the relay's connection, its port, and secrets.
const ways = {
  async 'prior knowledge'() {
    const server = http2.createServer(options);

    server.on('session', serve);
    return relayed(server, (port) =>
      converse(http2.connect(`http://127.0.0.1:${port}`, clientOptions))
    );
  },

  async 'an upgrade'() {
    const server = net.createServer((socket) =>
      socket.once('data', () => {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n' +
            'Upgrade: h2c\r\n\r\n'
        );
        serve(http2.performServerHandshake(socket, options));
      })
    );

    return relayed(server, async (port) => {
      const socket = net.connect(port, '127.0.0.1');

      socket.write(
        'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n' +
          'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n'
      );
      let head = '';

      // The head alone: what comes after is the session's.
      while (!head.endsWith('\r\n\r\n')) {
        const byte = socket.read(1);

        if (byte === null) await once(socket, 'readable');
        else head += byte.toString('latin1');
      }
      await converse(
        http2.connect('http://x', {
          ...clientOptions,
          createConnection: () => socket
        })
      );
    });
  },

  async TLS() {
    const { cert, private: key } = await generate([
      { name: 'commonName', value: 'localhost' }
    ]);
    const server = http2.createSecureServer({ ...options, cert, key });

    server.on('session', serve);
    const logged = [];
    const made = await relayed(server, (port) =>
      converse(
        http2.connect(`https://localhost:${port}`, {
          ...clientOptions,
          createConnection() {
            const socket = tls.connect({
              port,
              host: '127.0.0.1',
              servername: 'localhost',
              ca: cert,
              ALPNProtocols: ['h2']
            });

            socket.on('keylog', (line) => logged.push(line));
            return socket;
          }
        })
      )
    );

    return { ...made, secrets: Buffer.concat(logged).toString() };
  }
};

async function relayed(server, talk) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay = new Relay();
  const port = await relay.listen(server.address().port);

  try {
    await talk(port);
  } finally {
    await relay.close();
    server.close();
  }
  return { connection: relay.connections[0], port, secrets: '' };
}

describe('HTTP/2', () => {
  let dir;
  let fwcap;

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'framewright-http2-'));
    fwcap = buildFwcap();
  });

  after(() => rmSync(dir, { recursive: true, force: true }));

  function write(name, { connection, port, secrets }, list) {
    const file = join(dir, name);
    const packets = list.map((one) => packet(one, connection.clientPort, port));

    writeFileSync(file, pcapng(packets, { secrets }));
    return file;
  }

  // `conn → 'to-server text' …`, and no finding.
  function conversations(file) {
    const found = new Map();

    for (const line of fwcap('dump', file).trim().split('\n')) {
      const { conn, toServer, opcode, content, findings } = JSON.parse(line);

      assert.deepEqual(findings, []);
      if (opcode > 2 || content === null) continue;
      if (!found.has(conn)) found.set(conn, []);
      found
        .get(conn)
        .push(`${toServer} ${Buffer.from(content, 'hex').toString()}`);
    }
    return found;
  }

  for (const [way, run] of Object.entries(ways)) {
    it(`shows each stream, by ${way}`, async () => {
      const made = await run();
      const list = segments(made.connection);
      const file = write('whole.pcapng', made, list);
      const found = conversations(file);

      assert.equal(found.size, 3);
      for (const said of found.values()) {
        const n = said[0].split(' ')[1];

        assert.deepEqual(
          said,
          texts.flatMap((text) => [`true ${n} ${text}`, `false ${n} ${text}`])
        );
      }
      // Its own recording, and what other tools read, say the same.
      for (const [format, extension] of [
        ['native', 'fwcap'],
        ['pcapng', 'pcapng'],
        ['har', 'har']
      ]) {
        const converted = join(dir, `converted.${extension}`);

        fwcap('convert', file, format, converted);
        assert.deepEqual(
          [...conversations(converted).values()].sort(),
          [...found.values()].sort(),
          format
        );
      }
    });
  }

  it('goes on after packets that were lost', async () => {
    const made = await ways['prior knowledge']();
    const next = random(7);
    let bytes = 0;
    let lost = 0;
    const list = segments(made.connection).filter(({ data }) => {
      bytes += data.length;
      const isLost = bytes > 50_000 && data.length > 0 && next() < 0.02;

      lost += isLost ? 1 : 0;
      return !isLost;
    });

    assert.ok(lost > 3);
    const known = new Set(
      [1, 2, 3].flatMap((n) => texts.map((text) => `${n} ${text}`))
    );
    const lines = fwcap('dump', write('lossy.pcapng', made, list))
      .trim()
      .split('\n')
      .map(JSON.parse);
    const data = lines.filter(({ opcode }) => opcode < 3);

    // Whatever is shown as whole was said.
    for (const { payload, payloadLen, rsv, content } of data) {
      assert.equal(rsv, 0);
      if (content === null || content.length !== payloadLen * 2) continue;
      const text = Buffer.from(payload, 'hex').toString();

      if (!payload.includes('00'))
        assert.ok(known.has(text), text.slice(0, 80));
    }
    assert.ok(data.length > 4, `${data.length} frames`);
  });
});
