// What is open stays open until something else can be shown in its place.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { missingInspector, withPage } from '../support/page.mjs';
import { Tap } from '../support/tap.mjs';

const TEXT = Buffer.from('\x81\x05Hello', 'latin1');
const NOTHING = 'what somebody had copied, which is no capture';

describe('what is open', { skip: missingInspector() }, () => {
  let inspector;
  let page;
  let tap;

  withPage((opened) => ({ inspector, page } = opened));
  after(() => tap?.close());

  /** Ctrl+V over the page. */
  function pasteOver(text) {
    return page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', text);
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
    }, text);
  }

  it('stays when something else is pasted or dropped', async () => {
    await inspector.filter('opcode==ping or opcode==pong');
    await inspector.rowsShown(4);
    await pasteOver(NOTHING);
    await inspector.reads('.notice.bad', /^✕\s*Pasted bytes: /);
    await inspector.drop(Buffer.from(NOTHING), 'notes.txt');
    await inspector.reads('.notice.bad', /^✕\s*notes\.txt: /);

    await inspector.sourceReads(/^Sample session/);
    await inspector.rowsShown(4);
    await page.getByLabel('Clear the filter').click();
    await inspector.rowsShown(16);
  });

  it('goes on where it is live', async () => {
    tap = await Tap.listen();
    await inspector.watch(tap);
    await inspector.sourceReads(/● live\s*a test/);
    await tap.send(TEXT, 3);
    await inspector.rowsShown(3);

    await pasteOver(NOTHING);
    await inspector.reads('.notice.bad', /Pasted bytes: /);
    await tap.send(TEXT, 2);
    await inspector.rowsShown(5);
    await inspector.sourceReads(/● live\s*a test/);
  });

  it('gives way to a capture, and to the sample', async () => {
    await pasteOver('81 00');
    await inspector.rowsShown(1);
    await inspector.sourceReads(/^Pasted bytes/);

    await page.getByRole('button', { name: 'Help and keys' }).click();
    await page.getByRole('button', { name: 'Open the sample' }).click();
    await inspector.rowsShown(16);
    await inspector.sourceReads(/^Sample session/);
    assert.deepEqual(inspector.complaints, []);
  });
});
