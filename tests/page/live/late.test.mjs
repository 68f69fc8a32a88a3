// The page comes to an app whose clients have talked for long: what they say from then on reads well.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { it } from 'node:test';

import { loadAccelerated, loadCopy } from '../../lib/ws-copies.mjs';
import { HOST, TOKEN, listen } from '../../tap/support/watch.mjs';
import { InspectorPage, missingInspector } from '../support/page.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');

const OPTIONS = { skip: missingInspector(), timeout: 120_000 };
const COUNT = 100;

async function scene(t, copy) {
  const server = http.createServer();
  inspect(server, { token: TOKEN });
  const wss = new copy.WebSocketServer({
    server,
    perMessageDeflate: { threshold: 0 }
  });
  wss.on('connection', (ws) => {
    ws.on('message', (data) => ws.send(`${data}, said the client`));
  });
  const port = await listen(t, server);
  const { WebSocket } = loadCopy('8.23');
  const clients = Array.from(
    { length: COUNT },
    () => new WebSocket(`ws://${HOST}:${port}/`)
  );
  t.after(() => clients.forEach((client) => client.terminate()));
  await Promise.all(clients.map((client) => once(client, 'open')));
  const say = async (text) => {
    const answers = clients.map((client) => once(client, 'message'));
    clients.forEach((client, index) => client.send(`${text} of ${index}`));
    await Promise.all(answers);
  };
  await say('an earlier bid on the chair of oak');
  for (const client of clients)
    client.send('half of a message ', { fin: false });
  const inspector = await InspectorPage.open();
  t.after(() => inspector.close());
  await inspector.page.goto(`http://${HOST}:${port}/__frames/?token=${TOKEN}`);
  await inspector.reads('fw-connection-list .conn', /All connections\s+100/);
  return { clients, inspector, say };
}

it('reads what is said from then on', OPTIONS, async (t) => {
  const { clients, inspector, say } = await scene(t, loadAccelerated('8.23'));
  const answers = clients.map((client) => once(client, 'message'));
  for (const client of clients) client.send('and the rest');
  await Promise.all(answers);
  await say('a later bid on the chair of oak');
  await inspector.filter('"a later bid"');
  await inspector.rowsShown(2 * COUNT);
  // What came of it before is there as well.
  await inspector.filter('text=="half of a message and the rest" opcode==text');
  await inspector.rowsShown(COUNT);
  const unreadable = inspector.page.getByText('reconnect to read');
  assert.equal(await unreadable.count(), 0);
});

it('says which connections it can’t read', OPTIONS, async (t) => {
  const { inspector } = await scene(t, loadCopy('8.23'));
  await inspector.page.getByText('reconnect to read').first().waitFor();
});
