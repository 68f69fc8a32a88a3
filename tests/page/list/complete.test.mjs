// What the filter offers while it is typed, and whether the engine knows it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { complete } from '../../../npm/inspector/src/model/filter/complete.js';
import { missingInspector, withPage } from '../support/page.mjs';

const texts = (query, values) =>
  complete(query, query.length, values).options.map(({ text }) => text);

describe('a filter that is begun', () => {
  it('goes on with fields, values, and values of this capture', () => {
    assert.deepEqual(texts('op'), ['opcode']);
    assert.deepEqual(texts('!ma'), ['masked']);
    assert.deepEqual(texts('opcode==p'), ['ping', 'pong']);
    assert.deepEqual(texts('len>1k message.'), [
      'message.len',
      'message.fragments'
    ]);
    assert.deepEqual(texts('lint==e', { lint: ['extra-rule'] }), [
      'extra-rule',
      'error'
    ]);
    const name = ['Ada', '"Ada Lovelace"', 'ben'];
    assert.deepEqual(texts('name==ad', { name }), name.slice(0, 2));
  });

  it('offers nothing in quotes, for what is complete, or for nothing', () => {
    for (const query of ['text:"op', 'opcode', '', 'opcode==ping ', 'zzz'])
      assert.deepEqual(texts(query), [], query);
  });
});

describe('the filter line', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  const input = () => page.getByLabel('Filter frames');

  it('completes by keys', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('op');
    await page.getByRole('option', { name: /^opcode/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await input().inputValue(), 'opcode');
    await page.keyboard.type('==pi');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    assert.equal(await input().inputValue(), 'opcode==ping');
    await inspector.rowsShown(2);
    assert.ok((await inspector.rows()).every((row) => / PING /.test(row)));
  });

  it('closes its list before it is cleared', async () => {
    await input().fill('op');
    const list = page.getByRole('listbox', { name: 'Ways to go on' });
    await list.waitFor();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });
    assert.equal(await input().inputValue(), 'op');
    await page.keyboard.press('Escape');
    assert.equal(await input().inputValue(), '');
    await inspector.rowsShown(16);
    assert.deepEqual(inspector.complaints, []);
  });

  it('knows the names people try first', async () => {
    await inspector.filter('from==client');
    await inspector.rowsShown(6);
    await inspector.filter('lotId==42');
    await inspector.reads('fw-query-bar .error', /json\.lotId/);
  });
});
