// `framewright proxy --allow-send`, as a person uses it: an edited message sent again, one held and changed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { it } from 'node:test';

import WebSocket, { WebSocketServer } from 'ws';

import { HOST, start } from '../../cli/proxy/setup.mjs';
import { listen } from '../../tap/support/watch.mjs';
import { InspectorPage, missingInspector } from '../support/page.mjs';

const OPTIONS = { skip: missingInspector(), timeout: 120_000 };

/** An auction behind the proxy, one bidder, and the page. */
async function scene(t, perMessageDeflate) {
  const server = http.createServer();
  const wss = new WebSocketServer({ server, perMessageDeflate });
  const bids = [];
  wss.on('connection', (ws) => {
    ws.on('message', (data) => {
      bids.push(String(data));
      ws.send(JSON.stringify({ seen: JSON.parse(data).bid }));
    });
  });
  const port = await listen(t, server);
  const proxy = await start(t, port, ['--allow-send']);
  const client = new WebSocket(`ws://${HOST}:${proxy.port}/auction`);
  t.after(() => client.terminate());
  await once(client, 'open');
  const answers = [];
  client.on('message', (data) => answers.push(String(data)));
  const inspector = await InspectorPage.open();
  t.after(() => inspector.close());
  await inspector.page.goto(proxy.base);
  await inspector.sourceReads(/live/);
  await inspector.page.locator('fw-sending').waitFor();
  return { answers, bids, client, inspector, page: inspector.page };
}

const bid = (number) => JSON.stringify({ bid: number, lot: 'a chair of oak' });

for (const [name, deflate] of [
  ['plain', false],
  ['compressed', { threshold: 0 }]
]) {
  it(`sends an edited message again (${name})`, OPTIONS, async (t) => {
    const { answers, bids, client, inspector, page } = await scene(t, deflate);
    client.send(bid(1));
    await inspector.rowsShown(2);
    await inspector.row(0).click();
    const resend = page.getByRole('button', { name: 'Resend…' });
    await resend.and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('r');
    const text = page.getByLabel('The message');
    assert.equal(await text.inputValue(), bid(1));
    await text.fill('{"bid":');
    const send = page.getByRole('dialog').getByRole('button', { name: 'Send' });
    assert.equal(await send.isDisabled(), true);
    await text.fill(bid(100));
    await send.click();
    await inspector.rowsShown(4);
    assert.deepEqual(bids, [bid(1), bid(100)]);
    assert.deepEqual(answers, ['{"seen":1}', '{"seen":100}']);
    const rows = await inspector.rows();
    assert.match(rows[2], /✎.*"bid":100/);
    assert.match(rows[3], /"seen":100/);
    await inspector.reads('fw-sending .counts', /1 sent/);
    const { bytes } = await inspector.export('native');
    assert.match(bytes.toString(), /"type":"mark".*"how":"inserted"/);
    client.send(bid(2));
    await inspector.rowsShown(6);
    assert.match((await inspector.rows())[5], /"seen":2/);
    assert.deepEqual(inspector.complaints, []);
  });

  it(`holds, changes and passes on (${name})`, OPTIONS, async (t) => {
    const { answers, bids, client, inspector, page } = await scene(t, deflate);
    client.send(bid(1));
    await inspector.rowsShown(2);
    await page.getByLabel('Which messages to hold').fill('json.bid>=5');
    await page.getByRole('button', { name: 'Hold' }).click();
    await page.getByRole('button', { name: 'Stop holding' }).waitFor();
    for (const number of [2, 5, 3, 6, 7]) client.send(bid(number));
    const held = page.getByLabel('Held messages');
    await inspector.reads(held, /"bid":5/);
    assert.deepEqual(bids, [bid(1), bid(2)]);
    await held.getByRole('button', { name: 'Change…' }).click();
    await page.getByLabel('The message').fill(bid(50));
    await page.getByRole('button', { name: 'Change and pass on' }).click();
    await inspector.reads(held, /"bid":6/);
    await held.getByRole('button', { name: 'Drop' }).click();
    await inspector.reads(held, /"bid":7/);
    await held.getByRole('button', { name: 'Pass on' }).click();
    await inspector.rowsShown(10);
    const taken = [1, 2, 50, 3, 7];
    // The page may see an answer before its client does.
    while (answers.length < taken.length) await once(client, 'message');
    assert.deepEqual(bids, taken.map(bid));
    assert.deepEqual(
      answers,
      taken.map((number) => JSON.stringify({ seen: number }))
    );
    await inspector.filter('json.bid==50');
    await inspector.rowsShown(1);
    assert.match((await inspector.rows())[0], /✎/);
    await inspector.reads(
      'fw-sending .counts',
      /1 changed, 1 dropped, 1 passed/
    );
    assert.deepEqual(inspector.complaints, []);
  });
}
