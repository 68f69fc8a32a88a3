// What the reader of a page has: Node of a version, a capture, tests of an app.

import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';

import { WebSocket, WebSocketServer } from 'ws';

import { packet, pcapng, Relay, segments } from '../capture/support/wire.mjs';

import { nodeOf } from './nodes.mjs';

/** The reader's tests, which talk to the app by way of a proxy that has just been started. */
export const TEST = `import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'framewright';

for (;;) {
  const ws = new WebSocket('ws://127.0.0.1:9000/');
  try {
    await once(ws, 'open');
  } catch {
    await setTimeout(100);
    continue;
  }
  ws.send('hi');
  const [answer] = await once(ws, 'message');
  if (String(answer) !== 'you said hi') throw new Error(answer);
  ws.close();
  break;
}
`;

/** An environment whose `node` is of a version. */
export function environment(version) {
  const { HOME, PATH, TMPDIR, NODE_EXTRA_CA_CERTS } = process.env;
  const folder = path.dirname(nodeOf(version));
  return {
    HOME,
    PATH: `${folder}${path.delimiter}${PATH}`,
    TMPDIR,
    ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS })
  };
}

/** Whether something listens on a port of this machine. */
export function isTaken(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true) || socket.destroy());
    socket.on('error', () => resolve(false));
  });
}

/** A capture, as the reader has one. */
export async function capture() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (ws) => ws.send('{"type":"bid"}'));
  const relay = new Relay();
  const port = await relay.listen(server.address().port);
  const client = new WebSocket(`ws://127.0.0.1:${port}/`);
  await once(client, 'message');
  client.close();
  await once(client, 'close');
  server.close();
  await relay.close();
  const [connection] = relay.connections;
  return pcapng(
    segments(connection).map((segment) =>
      packet(segment, connection.clientPort, port)
    )
  );
}
