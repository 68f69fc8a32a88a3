// WebSockets over TLS of every kind, with the secrets that clients log.
import { once } from 'node:events';
import https from 'node:https';
import { createRequire } from 'node:module';
import { constants } from 'node:crypto';
import tls from 'node:tls';
import { generate } from 'selfsigned';

import { Relay } from './wire.mjs';

const { WebSocket, WebSocketServer } = createRequire(import.meta.url)('ws');

const aead12 = [
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'AES128-GCM-SHA256'
];
const cbc12 = [
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-RSA-AES256-SHA384',
  'AES128-SHA',
  'AES256-SHA',
  'AES128-SHA256',
  'AES256-SHA256'
];
const suites13 = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256'
];

// What makes a server's hello a HelloRetryRequest (RFC 8446 §4.1.3).
export const retryRandom = Buffer.from(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c',
  'hex'
);

// Versions × suites × with and without encrypt-then-MAC.
export const kinds = [
  ...suites13.map((ciphers) => ({ version: 'TLSv1.3', ciphers })),
  ...aead12.map((ciphers) => ({ version: 'TLSv1.2', ciphers })),
  ...cbc12.map((ciphers) => ({ version: 'TLSv1.2', ciphers })),
  ...cbc12.map((ciphers) => ({
    version: 'TLSv1.2',
    ciphers,
    secureOptions: constants.SSL_OP_NO_ENCRYPT_THEN_MAC ?? 1 << 19
  }))
];

// An echoing server behind a relay: `{ port, relay, ca, close }`.
export async function startTlsServer() {
  const { cert, private: key } = await generate([
    { name: 'commonName', value: 'localhost' }
  ]);
  // Suites without forward secrecy and with SHA-1 are below what OpenSSL
  // wants by default.
  const ciphers = [...suites13, ...aead12, ...cbc12].join(':');
  const server = https.createServer({
    cert,
    key,
    ciphers: `${ciphers}:@SECLEVEL=0`,
    // Not the first that clients of `otherGroup` offer: TLS 1.3 asks again.
    ecdhCurve: 'X25519:prime256v1',
    minVersion: 'TLSv1.2'
  });
  const sessions = new Map();

  // For clients that take no tickets.
  server.on('newSession', (id, data, done) => {
    sessions.set(id.toString('hex'), data);
    done();
  });
  server.on('resumeSession', (id, done) =>
    done(null, sessions.get(id.toString('hex')) ?? null)
  );
  const wss = new WebSocketServer({ server });

  wss.on('connection', (ws, request) => {
    const maxFragmentLen = Number(request.url.slice(1));

    if (maxFragmentLen > 0) request.socket.setMaxSendFragment(maxFragmentLen);
    ws.on('message', (data, binary) => ws.send(data, { binary }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay = new Relay();
  const port = await relay.listen(server.address().port);

  return {
    port,
    relay,
    ca: cert,
    async close() {
      await relay.close();
      wss.close();
      server.close();
    }
  };
}

// How connections are begun, and how long their records are. `resumes` names
// the way whose session this one goes on with.
const ways = [
  { name: 'full' },
  { name: 'ticket', resumes: 'full' },
  // The server's answer to TLS 1.3's first hello is HelloRetryRequest.
  { name: 'other group', otherGroup: true, version: 'TLSv1.3' },
  { name: 'short records', maxFragmentLen: 512 },
  // Sessions by their ids, of which TLS 1.3 has none.
  { name: 'no ticket', takesTickets: false, version: 'TLSv1.2' },
  {
    name: 'session id',
    takesTickets: false,
    resumes: 'no ticket',
    version: 'TLSv1.2'
  }
];

// One connection of every kind, begun in every way: `{ kind, way, secrets }`.
export async function converseInAllWays(server, textsOf) {
  const all = [];

  for (const kind of kinds) {
    const sessions = {};

    for (const way of ways) {
      if (way.version && way.version !== kind.version) continue;
      const { isReused, secrets, session } = await converseOverTls(
        server,
        { ...kind, ...way, version: kind.version },
        sessions[way.resumes],
        textsOf(way.name, all.length)
      );

      if (isReused !== 'resumes' in way)
        throw new Error(`${kind.ciphers}, ${way.name}: reused ${isReused}`);
      sessions[way.name] = session;
      all.push({ kind, way: way.name, secrets });
    }
  }
  return all;
}

// One connection; resolves to the secrets it logged and, for the next one, its
// session.
export async function converseOverTls({ port, ca }, kind, session, texts) {
  const { version, ciphers, secureOptions = 0 } = kind;
  const { otherGroup, takesTickets = true, maxFragmentLen } = kind;
  const logged = [];
  let newSession;
  const ws = new WebSocket(
    `wss://localhost:${port}/${maxFragmentLen ?? 'tls'}`,
    {
      createConnection(options) {
        const socket = tls.connect({
          ...options,
          host: '127.0.0.1',
          servername: 'localhost',
          ca,
          session,
          secureOptions: takesTickets
            ? secureOptions
            : secureOptions | constants.SSL_OP_NO_TICKET,
          ...(otherGroup && { ecdhCurve: 'secp521r1:prime256v1' }),
          // A list must have one of TLS 1.2, too.
          ciphers: `${ciphers}:AES128-SHA:@SECLEVEL=0`,
          minVersion: version,
          maxVersion: version
        });

        socket.on('keylog', (line) => logged.push(line));
        socket.on('session', (ticket) => (newSession = ticket));
        return socket;
      }
    }
  );

  await once(ws, 'open');
  const socket = ws._socket;
  const isReused = socket.isSessionReused();

  if (maxFragmentLen) socket.setMaxSendFragment(maxFragmentLen);
  for (const text of texts) {
    ws.send(text);
    await once(ws, 'message');
  }
  ws.ping('still there?');
  await once(ws, 'pong');
  ws.close(1000, 'done');
  await once(ws, 'close');
  return {
    secrets: Buffer.concat(logged).toString(),
    session: newSession,
    isReused,
    clientPort: socket.localPort
  };
}
