// The columns of the frame list: which are shown, and what is in them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { skipPrefixes } from '../../../npm/inspector/src/model/prefixes.js';
import { missingInspector, withPage } from '../support/page.mjs';

describe('columns', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  const choose = (name) => page.getByRole('checkbox', { name, exact: true });

  it('are chosen by keys, and remembered', async () => {
    await page.locator('fw-frame-list summary').focus();
    await page.keyboard.press('Enter');
    await choose('Time of day, UTC').check();
    await choose('Since the frame above').check();
    await choose('Bytes on the wire').check();
    await choose('Bytes inflated').check();
    await choose('Flags').uncheck();
    await page.keyboard.press('Escape');
    await choose('Flags').waitFor({ state: 'hidden' });

    // Frame 5: 29 bytes, 31 with its header, 141 inflated.
    const row =
      /^5 0\.413 \d\d:\d\d:\d\d\.\d{3} [\d.]+ ms ▼ server TEXT 31 29 141 \{"type":"lot"/;
    assert.match((await inspector.rows())[4], row);
    await page.reload();
    await inspector.rowsShown(16);
    assert.match((await inspector.rows())[4], row);
    // A masked frame: its key is on the wire too. It isn't compressed.
    assert.match((await inspector.rows())[0], /TEXT 11 5 Hello$/);
    assert.deepEqual(inspector.complaints, []);
  });
});

describe('payloads in the list', () => {
  const rows = (previews, more = {}) =>
    previews.map((preview) => ({ preview, isText: true, ...more }));
  const shown = (list) => list.map(({ preview, skip }) => preview.slice(skip));

  it('leave out how all like them begin', () => {
    const list = rows(
      Array.from({ length: 9 }, (_, at) => `{"type":"bid","lot":${40 + at}}`)
    );
    skipPrefixes(list);
    assert.deepEqual(shown(list).slice(0, 2), ['40}', '41}']);
  });

  it('keep words whole, and what only few rows have', () => {
    const words = Array.from({ length: 8 }, (_, at) =>
      at % 2 ? '42["bidder",1]' : '42["bids",1]'
    );
    const list = rows(words);
    skipPrefixes(list);
    assert.deepEqual(shown(list), words);

    const few = rows(['{"type":"a"}', '{"type":"b"}']);
    skipPrefixes(few);
    assert.deepEqual(shown(few), ['{"type":"a"}', '{"type":"b"}']);
  });

  it('keep a row that is nothing but the beginning', () => {
    const list = rows(Array.from({ length: 9 }, () => '{"type":"hb"}'));
    skipPrefixes(list);
    assert.equal(shown(list)[0], '{"type":"hb"}');
  });
});
