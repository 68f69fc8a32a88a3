// What tells connections apart, and what the reader can leave out of a live list.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { packet, pcapng, segments } from '../../capture/support/wire.mjs';
import { handshake } from '../support/handshake.mjs';
import { har } from '../support/har.mjs';
import { InspectorPage, missingInspector, withPage } from '../support/page.mjs';
import { Tap } from '../support/tap.mjs';

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36';
/** A text from the server. */
const text = (words) =>
  Buffer.concat([Buffer.from([0x81, words.length]), Buffer.from(words)]);

describe('connections', { skip: missingInspector() }, () => {
  let inspector;
  let page;
  let tap;

  withPage((opened) => ({ inspector, page } = opened));
  before(async () => {
    tap = await Tap.listen();
    await inspector.watch(tap);
    await inspector.sourceReads(/a test/);
    for (const [id, agent, peer, words] of [
      [1, CHROME, '192.0.2.7:50001', 'for Ada'],
      [2, 'python/3.13 websockets/16', '192.0.2.8:50002', 'for Grace']
    ]) {
      const about = { peer, ...handshake({ path: '/chat', agent }) };
      tap.tell((live, time) => live.open(time, id, about));
      tap.tell((live, time) => live.chunk(time, id, true, text(words)));
    }
    tap.tell((live, time) => live.name(time, 1, 'Ada'));
    await inspector.rowsShown(2);
  });
  after(() => tap?.close());

  const row = (pattern) =>
    page.locator('fw-connection-list [role=option]', { hasText: pattern });

  it('have a name, an address, a program, and a first text', async () => {
    await inspector.reads(
      row('Ada'),
      /^Ada\s+app\.test\/chat[^]*#1 · open · 192\.0\.2\.7:50001 · Chrome 124[^]*for Ada$/
    );
    await inspector.reads(
      row('Grace'),
      /^app\.test\/chat[^]*192\.0\.2\.8:50002[^]*python\/3\.13[^]*for Grace$/
    );
  });

  it('are found by their names, also frames that came before', async () => {
    const filter = page.getByLabel('Filter frames');
    await row('Ada').locator('.name').click();
    await row('Ada').and(page.locator('[aria-selected=true]')).waitFor();
    await page.keyboard.press('=');
    assert.equal(await filter.inputValue(), 'name==Ada');
    await row('All').and(page.locator('[aria-selected=true]')).waitFor();
    await inspector.rowsShown(1);
    assert.match((await inspector.rows())[0], /for Ada$/);

    tap.tell((live, time) => live.name(time, 2, 'Ada'));
    await inspector.rowsShown(2);
    tap.tell((live, time) => live.name(time, 2, ''));
    await inspector.rowsShown(1);
    await inspector.filter('');
    await inspector.rowsShown(2);
    await row('Ada').locator('.filter').click();
    await inspector.rowsShown(1);
    assert.equal(await filter.inputValue(), 'name==Ada');
    await filter.fill('name==a');
    await page.getByRole('option', { name: 'Ada', exact: true }).waitFor();
    await inspector.filter('');
    await inspector.rowsShown(2);
  });

  it('that are closed can be hidden, by keys', async () => {
    tap.tell((live, time) => live.close(time, 2, 1));
    const hide = page.getByLabel('Hide closed');
    await hide.focus();
    await page.keyboard.press('Space');
    await row('Grace').waitFor({ state: 'detached' });
    assert.equal(await row('Ada').count(), 1);
    await page.keyboard.press('Space');
    await row('Grace').waitFor();
  });

  it('stay when the list is cleared, by a key, and show what comes next', async () => {
    await page.locator('fw-frame-list .scroller').focus();
    await page.keyboard.press('c');
    await inspector.rowsShown(0);
    await inspector.reads('fw-status-bar span', /^0 frames$/);
    // Nothing can come on the closed one any more.
    await row('Grace').waitFor({ state: 'detached' });
    tap.tell((live, time) => live.chunk(time, 1, true, text('once more')));
    await inspector.rowsShown(1);
    assert.match((await inspector.rows())[0], /^3 .*once more$/);
    // A filter leaves out what was cleared, too, and says where it is wrong.
    await inspector.filter('for or once');
    await inspector.rowsShown(1);
    await inspector.filter('len>');
    await inspector.reads('fw-query-bar .error', /len>/);
    assert.deepEqual(inspector.complaints, []);
  });
});

it(
  'a connection that was open to the end of its capture is not shown as open',
  { skip: missingInspector() },
  async (t) => {
    const inspector = await InspectorPage.open();
    t.after(() => inspector.close());
    const { request, response } = handshake({});
    const packets = segments({
      events: [
        { toServer: true, data: Buffer.from(request) },
        { toServer: false, data: Buffer.from(response) },
        { toServer: false, data: text('still here') }
      ]
    }).map((segment) => packet(segment, 50_000, 80));
    await inspector.drop(pcapng(packets), 'open.pcapng');
    await inspector.reads(
      inspector.page.locator('fw-connection-list .state.cut-off'),
      /^capture ended$/
    );
  }
);

it(
  'a connection has no first text of another capture',
  { skip: missingInspector() },
  async (t) => {
    const inspector = await InspectorPage.open();
    t.after(() => inspector.close());
    const words = inspector.page.locator('fw-connection-list .words').last();
    await inspector.reads(words, /^Hello$/);
    await inspector.drop(har('other'), 'other.har');
    await inspector.sourceReads(/^other\.har/);
    await inspector.reads(words, /^other$/);
  }
);
