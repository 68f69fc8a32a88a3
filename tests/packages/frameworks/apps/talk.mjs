// What the apps have in common: they talk to themselves, and print what framewright did.

import { once } from 'node:events';

import { status } from 'framewright';
import { WebSocket } from 'ws';

/** Starts an HTTP server on a free port of this machine; resolves to the port. */
export async function listen(server) {
  server.listen(0, '127.0.0.1');
  if (!server.listening) await once(server, 'listening');
  return server.address().port;
}

/** Sends a text, and resolves to the first answer. */
export async function ask(url, text, protocols) {
  const client = new WebSocket(url, protocols);
  const answer = once(client, 'message');
  await once(client, 'open');
  if (text !== undefined) client.send(text);
  const [data] = await answer;
  client.close();
  return String(data);
}

/** Ends the app: says what came, and on what. */
export function end(answer) {
  const line = JSON.stringify({ answer, status: status() });
  process.stdout.write(`${line}\n`, () => process.exit());
}
