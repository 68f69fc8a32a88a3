// A WebSocket between `openssl s_client` and `s_server`, which can do what
// Node's TLS can't: change keys, and send data before the handshake is over.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generate } from 'selfsigned';

import { Relay } from './wire.mjs';

export const hasOpenssl = () => spawnSync('openssl', ['version']).status === 0;

const request =
  'GET /openssl HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n' +
  'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const response =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n' +
  'Connection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

const fromServer = (text) =>
  Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
const fromClient = (text) =>
  Buffer.concat([
    Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]),
    Buffer.from(text)
  ]);

// Resolves to the relay's last connection, its port, and the client's secrets.
// If `retried`, the server wants another group than the client's first.
export async function converseByOpenssl(
  dir,
  { earlyData = false, retried = false } = {}
) {
  const { cert, private: key } = await generate([
    { name: 'commonName', value: 'localhost' }
  ]);
  const path = (name) => join(dir, name);

  writeFileSync(path('cert.pem'), cert);
  writeFileSync(path('key.pem'), key);
  const port = await freePort();
  const server = spawn(
    'openssl',
    [
      ...['s_server', '-accept', `127.0.0.1:${port}`, '-tls1_3'],
      ...['-cert', path('cert.pem'), '-key', path('key.pem')],
      ...(earlyData ? ['-early_data'] : []),
      ...(retried ? ['-groups', 'P-256'] : [])
    ],
    { stdio: ['pipe', 'pipe', 'ignore'] }
  );
  const relay = new Relay();

  try {
    const relayPort = await relay.listen(port);
    const connect = (...args) =>
      spawn(
        'openssl',
        [
          ...['s_client', '-connect', `127.0.0.1:${relayPort}`, '-tls1_3'],
          ...['-servername', 'localhost', '-keylogfile', path('keys.log')],
          ...['-groups', 'X25519:P-256'],
          ...args
        ],
        { stdio: ['pipe', 'pipe', 'ignore'] }
      );

    await untilListening(server);
    if (earlyData) {
      const first = connect('-sess_out', path('session.pem'));

      await said(first, 'Verify return code');
      // Tickets come after the handshake.
      await delay(200);
      first.stdin.end('Q\n');
      await once(first, 'exit');
      writeFileSync(path('early'), 'GET /early HTTP/1.1\r\nHost: x\r\n\r\n');
    }
    const client = earlyData
      ? connect('-sess_in', path('session.pem'), '-early_data', path('early'))
      : connect();
    const { events } = await until(() =>
      relay.connections.at(earlyData ? 1 : 0)
    );
    // Each is written when what was before it has passed.
    const say = async (program, text) => {
      const before = events.length;

      program.stdin.write(text);
      await until(() => events.length > before);
      await delay(20);
    };

    await said(client, 'Verify return code');
    await delay(50);
    await say(client, request);
    await say(server, response);
    for (let round = 0; round < 4; round++) {
      await say(client, fromClient(`client ${round}`));
      await say(server, fromServer(`server ${round}`));
      // K asks for the other's update as well as making one.
      await say(round % 2 ? client : server, round > 1 ? 'k\n' : 'K\n');
    }
    await say(client, fromClient('client, at last'));
    await say(server, fromServer('server, at last'));
    client.kill();
    await once(client, 'exit');
  } finally {
    server.kill();
    await once(server, 'exit');
    await relay.close();
  }
  return {
    connection: relay.connections.at(-1),
    port: relay.port,
    secrets: readFileSync(path('keys.log'), 'utf8')
  };
}

async function until(holds) {
  for (;;) {
    const value = holds();

    if (value) return value;
    await delay(5);
  }
}

function untilListening(server) {
  return said(server, 'ACCEPT');
}

// Waits for a program to print something.
async function said(program, text) {
  let output = '';

  program.stdout.on('data', (data) => (output += data));
  await until(() => {
    if (program.exitCode !== null) throw new Error(`openssl ended: ${output}`);
    return output.includes(text);
  });
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');

  await once(server, 'listening');
  const { port } = server.address();

  server.close();
  await once(server, 'close');
  return port;
}
