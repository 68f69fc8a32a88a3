// The page comes to an app whose clients have talked for long: what they say from then on reads well.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { it } from 'node:test';

import { start } from '../../cli/proxy/setup.mjs';
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

// A proxy only passes on what is compressed: it has no window to hand over.
it(
  'says that reconnecting helps, where a proxy is watched late',
  OPTIONS,
  async (t) => {
    const server = http.createServer();
    const { WebSocket, WebSocketServer } = loadCopy('8.23');
    const wss = new WebSocketServer({
      server,
      perMessageDeflate: { threshold: 0 }
    });
    wss.on('connection', (ws) => {
      ws.on('message', (data) => ws.send(`${data}, said the client`));
    });
    const proxy = await start(t, await listen(t, server));
    const connect = async (path) => {
      const client = new WebSocket(`ws://${HOST}:${proxy.port}${path}`);
      t.after(() => client.terminate());
      await once(client, 'open');
      return client;
    };
    const say = async (client) => {
      client.send('a bid on the chair of oak');
      await once(client, 'message');
    };
    const early = await connect('/early');
    await say(early);
    const silent = await connect('/silent');
    const inspector = await InspectorPage.open();
    t.after(() => inspector.close());
    await inspector.page.goto(proxy.base);
    const row = (path) =>
      inspector.page.locator('fw-connection-list .conn', { hasText: path });
    await inspector.reads(row('/early'), /#0 · open · reconnect to read/);
    const hint = row('/early').getByTitle(/Reload the client: .* can be read/);
    await hint.waitFor();
    await say(early);
    await inspector.filter('conn==0');
    await inspector.rowsShown(2);
    for (const text of await inspector.rows())
      assert.match(text, /no prior window/);

    // There is nothing that its messages could refer to.
    assert.doesNotMatch(await row('/silent').innerText(), /reconnect/);
    await say(silent);
    await inspector.filter('conn==1');
    await inspector.reads('fw-frame-list .row', /chair of oak/);
    await inspector.rowsShown(2);

    early.terminate();
    await say(await connect('/again'));
    await inspector.filter('"chair of oak"');
    await inspector.rowsShown(2);
    await row('/again').waitFor();
    assert.doesNotMatch(await row('/again').innerText(), /reconnect/);
    assert.deepEqual(inspector.complaints, []);
  }
);
