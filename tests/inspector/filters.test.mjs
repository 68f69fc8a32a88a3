// The filter as it is typed and clicked together, and the keys of a page that nobody has clicked on yet.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { InspectorPage, missingInspector } from './support/page.mjs';

describe('filters', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  before(async () => {
    inspector = await InspectorPage.open();
    page = inspector.page;
    await inspector.rowsShown(16);
  });

  after(() => inspector.close());

  const input = () => page.getByLabel('Filter frames');

  it('take the keyboard before anything was clicked', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('opcode==ping');
    assert.equal(await input().inputValue(), 'opcode==ping');
    const pings = await inspector.rows();
    assert.ok(pings.every((row) => /PING/.test(row)) || pings.length === 16);
  });

  it('know frames by the numbers that rows have', async () => {
    await inspector.filter('frame==14');
    await inspector.rowsShown(1);
    assert.match((await inspector.rows())[0], /^14 /);
    await page.locator('fw-frame-list [role=row]').last().click();
    await page.getByText('Frame 14', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^MASK = 0,/ }).click();
    await inspector.reads(
      'fw-frame-view .explain',
      /But clients must mask every frame/
    );
  });

  it('keep an alternative together when a chip is added', async () => {
    await inspector.filter('opcode==ping or opcode==pong');
    await page.getByRole('button', { name: 'From client' }).click();
    assert.equal(
      await input().inputValue(),
      '(opcode==ping or opcode==pong) dir==client'
    );
    await page.getByRole('button', { name: 'From client' }).click();
    assert.equal(
      await input().inputValue(),
      '(opcode==ping or opcode==pong) !dir==client'
    );
    await inspector.filter('/a  b/ or text:"c  d"');
    await page.getByRole('button', { name: 'From client' }).click();
    assert.equal(
      await input().inputValue(),
      '(/a  b/ or text:"c  d") dir==client'
    );
  });
});
