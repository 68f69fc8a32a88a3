// The order of the frame list: by a column where nothing comes any more, else as the frames came.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { missingInspector, withPage } from '../support/page.mjs';
import { Tap } from '../support/tap.mjs';

const COUNT = 100_000;
const ODD = 73_210;

/** Binary frames of one to four bytes, and one of many. */
function capture() {
  const frames = Array.from({ length: COUNT }, (_, at) => {
    const len = at === ODD ? 120 : 1 + (at % 4);
    const frame = Buffer.alloc(2 + len);
    frame.set([0x82, len]);
    return frame;
  });
  return Buffer.concat(frames);
}

describe('the list', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  const head = (name) =>
    page.locator('fw-frame-list .head').getByRole('button', { name });
  const selected = () => page.locator('fw-frame-list [aria-selected=true]');

  /** Waits until the first row begins so. */
  const firstReads = (pattern) =>
    inspector.reads('fw-frame-list .row >> nth=0', pattern);

  it('is sorted by a column, by keys: the one large frame of many', async () => {
    await inspector.drop(capture(), 'many.bin');
    await inspector.rowsShown(COUNT);
    await head(/^Sort by: Bytes of payload/).focus();
    await page.keyboard.press('Enter');
    await firstReads(/^73,211\s/);
    await page.keyboard.press('g');
    await page.keyboard.press('Home');
    await page.getByText('Frame 73,211', { exact: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    // The first of those of four bytes, in the order in which they came.
    await page.getByText('Frame 4', { exact: true }).waitFor();
    await inspector.reads(selected(), /^4\s/);
  });

  it('is sorted the other way round, then as the frames came', async () => {
    await head(/^Sort by: Bytes of payload, descending/).click();
    await firstReads(/^1\s/);
    await page.keyboard.press('g');
    await page.keyboard.press('End');
    await page.getByText('Frame 73,211', { exact: true }).waitFor();
    await head(/^Sort by: Bytes of payload, ascending/).click();
    await page.keyboard.press('g');
    await page.keyboard.press('Home');
    // Sorted, frame 5 is the second.
    await inspector.reads('fw-frame-list .row >> nth=1', /^2\s/);
    await page.keyboard.press('End');
    await page.getByText('Frame 100,000', { exact: true }).waitFor();
  });

  it('stays sorted when it is filtered', async () => {
    await head(/^Sort by: Bytes of payload/).click();
    await inspector.filter('len>=4');
    await inspector.rowsShown(COUNT / 4 + 1);
    await page.locator('fw-frame-list .scroller').press('Home');
    await firstReads(/^73,211\s/);
    await inspector.filter('frame<=6');
    await inspector.rowsShown(6);
    await firstReads(/^4\s/);
    const ids = (await inspector.rows()).map((row) => row.split(' ')[0]);
    assert.deepEqual(ids, ['4', '3', '2', '6', '1', '5']);
    assert.deepEqual(inspector.complaints, []);
  });

  it('of a live source is as the frames come', async () => {
    const tap = await Tap.listen();
    try {
      await inspector.watch(tap);
      await inspector.sourceReads(/a test/);
      await tap.send(Buffer.from('\x81\x05Hello', 'latin1'), 3);
      await inspector.rowsShown(3);
      assert.equal(await head(/^Sort by/).count(), 0);
    } finally {
      tap.close();
    }
  });
});
