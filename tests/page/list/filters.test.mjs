// The filter as it is typed and clicked together, and the keys of a page that nobody has clicked on yet.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { har } from '../support/har.mjs';
import { missingInspector, withPage } from '../support/page.mjs';

describe('filters', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  before(async () => {
    await inspector.rowsShown(16);
  });

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

  it('are not lost when they are typed while another is applied', async () => {
    const bar = page.locator('fw-query-bar');
    // As soon as the page knows of the one, the other is typed.
    await bar.evaluate((bar) => {
      const field = bar.shadowRoot.querySelector('input');
      const type = () => {
        field.value = 'frame==3';
        field.dispatchEvent(new Event('input'));
      };
      bar.addEventListener('query', () => setTimeout(type), { once: true });
    });
    await inspector.filter('frame<=5');
    await inspector.rowsShown(5);
    await inspector.rowsShown(1);
    assert.equal(await input().inputValue(), 'frame==3');
  });

  it('keep what is shown, and say where the list has not got it', async () => {
    await inspector.filter('opcode==ping or opcode==pong');
    await inspector.rowsShown(4);
    await inspector.row(0).click();
    await page.getByText('ping from the server').waitFor();
    const shown = page.locator('.summary b');
    const note = page.getByText('not in the list: filtered out');
    const frame = await shown.innerText();
    await inspector.filter('opcode==text');
    await note.waitFor();
    assert.equal(await shown.innerText(), frame);
    await inspector.filter('');
    await note.waitFor({ state: 'detached' });
    assert.equal(await shown.innerText(), frame);
  });

  it('by connection show one of its frames', async () => {
    await inspector.drop(har('a', 'b', 'c'), 'three.har');
    await inspector.rowsShown(3);
    const shown = page.locator('.summary b');
    await inspector.reads(shown, /^Frame 1$/);
    const connections = page.locator('fw-connection-list [role=option]');
    await connections.filter({ hasText: 'c.test' }).click();
    await inspector.reads(shown, /^Frame 3$/);
    await inspector.rowsShown(1);
    await connections.first().click();
    await inspector.rowsShown(3);
    await inspector.reads(shown, /^Frame 3$/);
  });
});
