// How the page shares its room: on small screens, live, and by splitters.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { missingInspector, withPage } from './support/page.mjs';
import { Tap } from './support/tap.mjs';

const FRAME = Buffer.from('\x81\x05Hello', 'latin1');

describe('on a small screen', { skip: missingInspector() }, () => {
  let inspector;
  let page;
  let tap;

  withPage((opened) => ({ inspector, page } = opened), {
    width: 900,
    height: 700
  });
  before(async () => {
    tap = await Tap.listen();
  });
  after(() => tap?.close());

  const height = async (selector) =>
    (await page.locator(selector).first().boundingBox()).height;
  const wholeRows = async () =>
    Math.floor((await height('fw-frame-list .scroller')) / 26);

  it('twelve rows are in sight, live or not', async () => {
    assert.ok((await wholeRows()) >= 12, `${await wholeRows()} rows`);

    await inspector.watch(tap);
    await inspector.sourceReads(/● live/);
    await tap.send(FRAME, 4000);
    await inspector.rowsShown(4000);
    assert.ok((await wholeRows()) >= 12, `${await wholeRows()} rows`);
  });

  it('bars take at most a quarter, and cut nothing off that counts', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('nav.switch').waitFor();
    const rows = await height('fw-frame-list .scroller');
    assert.ok(844 - rows <= 844 / 4, `${844 - rows} px are bars`);

    for (const part of [
      'fw-toolbar .live',
      'fw-query-bar .tally',
      'fw-status-bar span >> text=/frames?$/',
      'fw-status-bar span >> text=/connections?$/'
    ]) {
      const locator = page.locator(part).first();
      const { x, width } = await locator.boundingBox();
      assert.ok(x >= 0 && x + width <= 390, `${part} ends at ${x + width}`);
      const isWhole = await locator.evaluate(
        (element) => element.scrollWidth <= element.offsetWidth
      );
      assert.ok(isWhole, `${part} is cut off`);
    }
  });

  it('quick filters are one button away', async () => {
    await page.getByRole('button', { name: 'Quick filters and help' }).click();
    await page.getByRole('button', { name: 'Control', exact: true }).click();
    await inspector.rowsShown(0);
    assert.deepEqual(inspector.complaints, []);
  });
});

describe('splitters', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  const box = (selector) => page.locator(selector).boundingBox();
  const splitter = (name) => page.getByRole('separator', { name });

  it('are dragged', async () => {
    const before = await box('section.list');
    const line = await splitter('Width of the frames').boundingBox();
    await page.mouse.move(line.x + 4, 400);
    await page.mouse.down();
    await page.mouse.move(line.x + 204, 420, { steps: 3 });
    await page.mouse.up();
    const after = await box('section.list');
    assert.ok(Math.abs(after.width - before.width - 200) < 6);
  });

  it('are moved by keys, and remembered', async () => {
    const side = await box('aside.side');
    await splitter('Width of the connections').focus();
    for (let times = 0; times < 4; times++)
      await page.keyboard.press('ArrowRight');
    const wider = await box('aside.side');
    assert.ok(wider.width > side.width + 50);

    const first = await box('.side .first');
    await splitter('Height of the connections').focus();
    await page.keyboard.press('ArrowDown');
    assert.ok((await box('.side .first')).height > first.height);

    await page.reload();
    await inspector.rowsShown(16);
    assert.equal((await box('aside.side')).width, wider.width);

    await splitter('Width of the connections').focus();
    await page.keyboard.press('Enter');
    assert.equal((await box('aside.side')).width, side.width);
    assert.deepEqual(inspector.complaints, []);
  });
});
