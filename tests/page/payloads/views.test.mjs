// What people do with what they see: copy it, look at it in another way, and find nothing.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { har } from '../support/har.mjs';
import { missingInspector, withPage } from '../support/page.mjs';

describe('the views', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  before(async () => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    await page.context().grantPermissions(permissions);
  });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const button = (name) => page.getByRole('button', { name, exact: true });

  /** Waits, since what is copied may have to be read first. */
  async function wasCopied(text) {
    for (let tries = 0; tries < 200 && (await copied()) !== text; tries++)
      await page.waitForTimeout(25);
    assert.equal(await copied(), text);
  }

  it('copy bytes, a field’s or all, and a message’s text', async () => {
    await inspector.paste('81 85 37 fa 21 3d 7f 9f 4d 51 58');
    await inspector.rowsShown(1);
    await page.getByRole('tab', { name: 'Frame' }).click();
    await button('Copy').click();
    await wasCopied('81 85 37 fa 21 3d 7f 9f 4d 51 58');
    await page.locator('fw-field-tree').getByText('Masking-key').click();
    await page.locator('fw-byte-view .scroller').press('Control+c');
    await wasCopied('37 fa 21 3d');
    await page.getByRole('tab', { name: 'Message' }).click();
    await button('Copy').click();
    await wasCopied('Hello');
  });

  it('show each message in what suits it, until another is chosen', async () => {
    await inspector.paste('81 05 48 65 6c 6c 6f 81 02 7b 7d 82 01 ff');
    await inspector.rowsShown(3);
    await page.getByRole('tab', { name: 'Message' }).click();
    await button('Auto: Text').waitFor();
    await inspector.row(1).click();
    await button('Auto: JSON').waitFor();
    await inspector.row(2).click();
    await button('Auto: Hex').waitFor();
    await button('JSON').click();
    await inspector.row(0).click();
    await inspector.reads('fw-message-view .problem', /^Not JSON: /);
    await button('Auto').click();
    await button('Auto: Text').waitFor();
  });

  it('say what is not there, and why', async () => {
    const list = 'fw-frame-list .empty';
    const findings = 'fw-lint-panel .empty';
    await inspector.reads(findings, /^No findings: all rules are followed\.$/);
    await inspector.filter('nothing');
    await inspector.reads(list, /^None of the 3 frames matches the filter\./);
    await inspector.filter('!name!=ada');
    await inspector.reads(list, /filter\. No connection has a name: /);
    await button('Clear the filter').first().click();
    await inspector.rowsShown(3);
    await inspector.drop(har('a'), 'one.har');
    await inspector.rowsShown(1);
    await inspector.reads(findings, /most rules can’t be checked\.$/);
    await inspector.drop('{"log":{"version":"1.2","entries":[]}}', 'none.har');
    await inspector.reads(list, /^No WebSocket connection was found in it\./);
    await inspector.reads('fw-connection-list .empty', /^No connection\.$/);
    assert.deepEqual(inspector.complaints, []);
  });

  it('say all that is known of the source', async () => {
    await inspector.paste('81 05 48 65 6c 6c 6f');
    await inspector.rowsShown(1);
    await page.locator('fw-toolbar .open').click();
    await inspector.reads(
      'fw-toolbar .notes',
      /hex: it is 7 bytes.*\n.*not masked/
    );
    await page.locator('fw-toolbar .open').click();
    await page.locator('fw-toolbar .notes').waitFor({ state: 'detached' });
  });

  it('say what is wrong until that is dismissed', async () => {
    await inspector.paste('{"neither": "one nor the other"}');
    await inspector.reads('.notice.bad', /JSON of another kind, not a capture/);
    await button('Dismiss this message').click();
    await page.locator('.notice.bad').waitFor({ state: 'detached' });
  });

  it('keep the theme that was chosen', async () => {
    const theme = () =>
      page.evaluate(() => document.querySelector('frame-inspector').theme);
    await button('Change between light and dark').click();
    assert.equal(await theme(), 'dark');
    await page.reload();
    await inspector.rowsShown(16);
    assert.equal(await theme(), 'dark');
  });
});
