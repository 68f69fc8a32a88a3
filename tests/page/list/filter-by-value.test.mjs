// Filters without typing them: named ones that are kept, and values that are clicked; and what they find is marked.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  needles,
  parts
} from '../../../npm/inspector/src/model/filter/highlight.js';
import {
  nameTerm,
  valueTerm
} from '../../../npm/inspector/src/model/filter/value-term.js';
import { missingInspector, withPage } from '../support/page.mjs';

describe('filters without typing', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  const input = () => page.getByLabel('Filter frames');
  const button = (name) => page.getByRole('button', { name, exact: true });

  it('are named by keys, kept, used and forgotten', async () => {
    await inspector.filter('opcode==ping or opcode==pong');
    await inspector.rowsShown(4);
    await button('Save filter').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Heartbeats');
    await page.keyboard.press('Enter');
    await button('Forget “Heartbeats”').waitFor();

    await page.reload();
    await inspector.rowsShown(16);
    await button('Heartbeats').click();
    await inspector.rowsShown(4);
    assert.equal(await input().inputValue(), 'opcode==ping or opcode==pong');
    await button('Forget “Heartbeats”').click();
    await button('Save filter').waitFor();
    assert.equal(await button('Heartbeats').count(), 0);
    await inspector.filter('');
    await inspector.rowsShown(16);
  });

  it('come from a value of JSON, by its key', async () => {
    await inspector.row(4).click();
    await page.getByText('Frame 5', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Message' }).click();
    const type = page.getByRole('treeitem', { name: /^type: "lot"/ });
    await type.focus();
    await page.keyboard.press('=');
    assert.equal(await input().inputValue(), 'json.type=="lot"');
    // The list has only such frames, and says where it found them.
    const marks = page.locator('fw-frame-list mark');
    await marks.first().waitFor();
    assert.ok((await marks.allInnerTexts()).every((text) => text === 'lot'));
    await inspector.reads('fw-value-tree mark', /^lot$/);
  });

  it('come from a field of a frame, by a click', async () => {
    await inspector.filter('');
    await inspector.rowsShown(16);
    await page.getByRole('tab', { name: 'Frame' }).click();
    const opcode = page.getByRole('treeitem', { name: /^opcode/i });
    await opcode.hover();
    await opcode.locator('.filter').click();
    assert.equal(await input().inputValue(), 'opcode==1');
  });

  it('mark what they find in a text', async () => {
    await inspector.filter('hello');
    await page.locator('fw-frame-list mark').first().waitFor();
    await inspector.row(0).click();
    await page.getByRole('tab', { name: 'Message' }).click();
    await inspector.reads('fw-text-view mark', /^Hello$/);
    assert.deepEqual(inspector.complaints, []);
  });
});

describe('what a filter marks', () => {
  const marked = (query, text) => {
    const pattern = needles(query);
    return pattern
      ? parts(text, pattern).flatMap(([part, isMarked]) =>
          isMarked ? part : []
        )
      : null;
  };

  it('is what it looks for in texts, and nothing else', () => {
    assert.deepEqual(marked('bid "a.b" /\\d{2}/', 'BID a.b axb 42'), [
      'BID',
      'a.b',
      '42'
    ]);
    assert.deepEqual(marked('json.type=="lot" len>2', '"type":"lot"'), ['lot']);
    assert.deepEqual(marked('(text:"one" or two) !three', 'one two three'), [
      'one',
      'two'
    ]);
    assert.equal(marked('opcode==text control !masked hex:ff', 'text'), null);
  });

  it('is no regular expression that may never end', () => {
    assert.equal(needles('/(a+)+$/'), null);
    assert.equal(needles('/a+b+c+/'), null);
    assert.equal(needles('/(/'), null);
  });
});

describe('a term for a value', () => {
  const string = { type: 'string', text: '"x"', childCount: 0 };

  it('has its place in JSON', () => {
    const key = (name) => ({ key: name, isIndex: false });
    const path = [key('a'), { key: '2', isIndex: true }, key('b c')];
    assert.equal(valueTerm(path, string), 'json.a[2]."b c"=="x"');
    const list = { type: 'array', text: '[1]', childCount: 1 };
    assert.equal(valueTerm([key('a')], list), 'json.a');
  });

  it('is a name, in quotes where it is no word', () => {
    assert.equal(nameTerm('ada-2'), 'name==ada-2');
    assert.equal(nameTerm('Ada of /chat'), 'name=="Ada of /chat"');
    assert.equal(nameTerm('and'), 'name=="and"');
    for (const name of [null, '', 'the "one"'])
      assert.equal(nameTerm(name), null);
  });

  it('is the text elsewhere, and nothing where that is cut', () => {
    assert.equal(valueTerm(null, string), '"x"');
    assert.equal(valueTerm(null, { ...string, text: '"x…"' }), null);
  });
});
