// Two messages side by side: as JSON, text and bytes.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { compare } from '../../../npm/inspector/src/decode/compare.js';
import { missingInspector, withPage } from '../support/page.mjs';

const utf8 = (text) => new TextEncoder().encode(text);

describe('two messages', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  const view = () => page.locator('fw-compare-view');
  const button = (name) => page.getByRole('button', { name, exact: true });

  it('are compared by keys: what differs in them is marked', async () => {
    // Frames 3 and 5 of the sample: a lot, and the same after a bid.
    await inspector.row(2).click();
    await page.getByText('Frame 3', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Message' }).click();
    await button('Compare').focus();
    await page.keyboard.press('Enter');
    await page.getByText('Now choose another frame').waitFor();
    await page.locator('fw-frame-list .scroller').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await inspector.reads('fw-compare-view [role=status]', /^2 lines differ$/);
    const marks = async (side) =>
      (await view().locator(`${side} mark`).allInnerTexts()).join(' ');
    assert.equal(await marks('.one'), '1200 null');
    assert.match(await marks('.other'), /^1250 "Hello/);
    await inspector.reads(
      'fw-compare-view thead',
      /Frame 3, from the server, \d+ bytes\s+Frame 5, from the server, \d+ bytes/
    );
  });

  it('are compared as text and as bytes, and no more when that is ended', async () => {
    await view().getByRole('button', { name: 'Bytes' }).click();
    await inspector.reads('fw-compare-view .one mark', /^ ?[0-9a-f]{2}/);
    await view().getByRole('button', { name: 'Text' }).click();
    await inspector.reads('fw-compare-view [role=status]', /^1 line differs$/);
    await button('End comparing').click();
    await page.locator('fw-value-tree').waitFor();
    assert.deepEqual(inspector.complaints, []);
  });
});

describe('a comparison', () => {
  it('folds what is equal, and pairs lines that changed', () => {
    const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
    const other = lines.with(20, 'line twenty').toSpliced(30, 0, 'one more');
    const { mode, rows, differences } = compare(
      utf8(lines.join('\n')),
      utf8(other.join('\n')),
      null
    );
    assert.equal(mode, 'text');
    assert.equal(differences, 2);
    assert.deepEqual(
      rows.filter(({ kind }) => kind === 'skipped').map(({ count }) => count),
      [17, 3, 7]
    );
    assert.deepEqual(
      rows.find(({ kind }) => kind === 'changed').right.filter(([, is]) => is),
      [['twenty', true]]
    );
  });

  it('of bytes marks each that differs', () => {
    const { mode, rows } = compare(
      Uint8Array.of(0xff, 1, 2),
      Uint8Array.of(0xff, 9, 2),
      null
    );
    assert.equal(mode, 'bytes');
    assert.deepEqual(rows[0].left, [
      ['ff', false],
      [' 01', true],
      [' 02', false]
    ]);
  });

  it('says that there is no difference', () => {
    const { differences, rows } = compare(
      utf8('{"a":1}'),
      utf8('{"a": 1}'),
      null
    );
    assert.equal(differences, 0);
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      ['skipped']
    );
  });
});
