// What people ask of traffic that goes on while they look at it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';

import WebSocket, { WebSocketServer } from 'ws';

import { AUCTION, startExample } from '../../apps/support/examples.mjs';
import { HOST, start } from '../../cli/proxy/setup.mjs';
import { loadAccelerated } from '../../lib/ws-copies.mjs';
import { TOKEN, listen } from '../../tap/support/watch.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');

/** Says how many there are, at every size. */
const CONNECTIONS = 'fw-status-bar span >> text=/connections?$/';

async function connect(t, url) {
  const client = new WebSocket(url);
  t.after(() => client.terminate());
  client.texts = [];
  client.on('message', (data) => client.texts.push(String(data)));
  await once(client, 'open');
  return client;
}

/** Sends it, and waits for an answer that has these words. */
async function ask(client, message, words) {
  client.send(JSON.stringify(message));
  while (!client.texts.some((text) => text.includes(words)))
    await once(client, 'message');
}

/** The example's auction, with bidders in it before anybody watches. */
export async function failedBid(t, person) {
  const { app, url } = await startExample(AUCTION);
  t.after(() => app.stop());
  const [, address] = await app.prints(/frames, .* at (\S+)\n/);
  const live = `${url.replace('http', 'ws')}live`;
  const [ann, ben] = [await connect(t, live), await connect(t, live)];
  for (const [client, name] of [
    [ann, 'Ann'],
    [ben, 'Ben']
  ]) {
    const token = Buffer.from(name.padEnd(16)).toString('hex');
    await ask(client, { type: 'hello', bidder: name, name, token }, name);
  }
  const bid = { type: 'bid', round: 0 };
  await ask(ann, { ...bid, amount: 900, ref: 1 }, '"ref":1');

  await person.page.goto(address);
  await person.inspector.sourceReads(/live/);
  await person.inspector.reads(CONNECTIONS, /^2 connections/);
  await ask(ann, { ...bid, amount: 901, ref: 2 }, '"refused"');
  await ask(ben, { ...bid, amount: 1000, ref: 3 }, '"ref":3');
  await ask(ben, { ...bid, amount: 700_000, ref: 4 }, '"refused"');

  await person.filter('json.type=="refused"');
  await person.inspector.rowsShown(2);
  await person.choose('Home');
  await person.press('1');
  await person.sees(/^refused: ?"leading"$/);
  await person.sees(/^ref: ?2$/);
  await person.filter('json.ref==2');
  // The refusal was the first of two rows before, too.
  await person.inspector.reads('fw-frame-list .row >> nth=0', /client/);
  await person.inspector.rowsShown(2);
  await person.choose('Home');
  await person.sees(/^amount: ?901$/);
  await person.looks();
}

/** A message edited and sent again, through the proxy. */
export async function resent(t, person) {
  const { inspector, page } = person;
  const server = http.createServer();
  const wss = new WebSocketServer({ server, perMessageDeflate: true });
  wss.on('connection', (ws) => {
    ws.on('message', (data) => {
      const { bid } = JSON.parse(data);
      ws.send(JSON.stringify({ accepted: bid >= 100, minimum: 100 }));
    });
  });
  const proxy = await start(t, await listen(t, server), ['--allow-send']);
  const client = await connect(t, `ws://${HOST}:${proxy.port}/auction`);
  await page.goto(proxy.base);
  await page.locator('fw-sending').waitFor();
  await ask(client, { type: 'bid', bid: 10, lot: 'a chair of oak' }, 'false');

  await inspector.rowsShown(2);
  await person.choose('Home');
  const resend = page.getByRole('button', { name: 'Resend…' });
  await resend.and(page.locator(':enabled')).waitFor();
  await person.press('r');
  const text = page.getByLabel('The message');
  assert.ok(await person.hasFocus(text));
  await person.press('Control+A');
  await person.type('{"type":"bid","bid":120,"lot":"a chair of oak"}');
  await person.looks('editing');
  const dialog = page.getByRole('dialog');
  await person.tabTo(dialog.getByRole('button', { name: 'Send' }));
  await person.press('Enter');
  await inspector.rowsShown(4);
  await person.choose('End');
  await person.sees(/^accepted: ?true$/);
  await person.looks();
  // Its client has got the answer, too.
  assert.match(client.texts[1], /true/);
}

/** What one user's two clients say, among that of others. */
export async function twoClients(t, person) {
  const { inspector, page } = person;
  const { WebSocketServer } = loadAccelerated('8.23');
  const server = http.createServer();
  const userOf = ({ url }) => new URL(url, 'ws://a').searchParams.get('user');
  const nameOf = (ws, request) => userOf(request);
  inspect(server, { token: TOKEN, nameOf });
  const wss = new WebSocketServer({ server });
  wss.on('connection', (ws, request) => {
    ws.on('message', (data) => {
      const said = JSON.stringify({ from: userOf(request), text: `${data}` });
      for (const other of wss.clients) other.send(said);
    });
  });
  const port = await listen(t, server);
  const clients = [];
  for (const [user, device] of [
    ['ada', 'phone'],
    ['ben', 'laptop'],
    ['ada', 'laptop'],
    ['cyd', 'phone']
  ]) {
    const query = `?user=${user}&device=${device}`;
    clients.push(await connect(t, `ws://${HOST}:${port}/chat${query}`));
  }
  await page.goto(`http://${HOST}:${port}/__frames/?token=${TOKEN}`);
  await inspector.reads(CONNECTIONS, /^4 connections/);
  for (const [index, text] of [
    'On my way',
    'See you',
    'I left the phone',
    'Hello'
  ].entries())
    await ask(clients[index], text, text);

  await inspector.rowsShown(20);
  // The names tell which they are.
  await person.press('g');
  const narrow = page.getByRole('button', { name: 'Connections', exact: true });
  const isNarrow = await narrow.isVisible();
  if (isNarrow) {
    await person.tabTo(narrow);
    await person.press('Enter');
  }
  const rows = page.locator('fw-connection-list .conn', { hasText: /^\s*ada/ });
  await rows.nth(1).waitFor();
  await person.looks('names');
  await person.filter('name==ada');
  await inspector.rowsShown(10);
  await person.choose('Home');
  await person.press('1');
  await person.press('g');
  await person.looks();
  // The list says whose they are, also where it is narrow.
  const whose = isNarrow ? /^\d+ [02] / : /^\d+ [\d.]+ [02] /;
  for (const row of await inspector.rows()) assert.match(row, whose);
}
