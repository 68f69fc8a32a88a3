// The endpoint that the Autobahn TestSuite talks to: an echo on ws.
//
//   endpoint.mjs server            prints its port
//   endpoint.mjs client URL AGENT  goes through all cases of a fuzzing server

import { once } from 'node:events';

import { status } from 'framewright';
import WebSocket, { WebSocketServer } from 'ws';

const { FRAMEWRIGHT: backend } = process.env;
if (backend !== 'off' && status().backend !== backend)
  throw new Error(`ws does not run on ${backend}: ${status().reason}`);

const [role, url, agent] = process.argv.slice(2);
// Some cases have 65,536 fragments, four times as many as are allowed by default.
const LIMITS = { maxFragments: 0 };

if (role === 'server') {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    perMessageDeflate: true,
    ...LIMITS
  });
  server.on('connection', echo);
  await once(server, 'listening');
  console.log(server.address().port);
} else {
  const count = Number(await ask('getCaseCount'));
  for (let i = 1; i <= count; i++) {
    await ask(`runCase?case=${i}&agent=${agent}`, echo);
  }
  await ask(`updateReports?agent=${agent}`);
}

function echo(ws) {
  ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
  // Most cases are violations.
  ws.on('error', () => {});
}

/** Resolves to the last message, once the connection has ended. */
async function ask(path, handle = () => {}) {
  const ws = new WebSocket(`${url}/${path}`, LIMITS);
  let last;
  ws.on('message', (data) => (last = data));
  handle(ws);
  await new Promise((resolve, reject) => {
    ws.on('close', resolve);
    if (handle !== echo) ws.on('error', reject);
  });
  return last;
}
