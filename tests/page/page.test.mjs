import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  InspectorPage,
  missingInspector,
  byteLines,
  withPage
} from './support/page.mjs';

const HELLO = '81 85 37 fa 21 3d 7f 9f 4d 51 58';

describe('the inspector', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));

  it('opens on the sample session, from file:// and under its CSP', async () => {
    const rows = await inspector.rows();

    assert.equal(rows.length, 16);
    assert.match(rows[0], /client TEXT F···M 5 Hello$/);
    assert.match(rows[4], /server TEXT F1··· 29 \{"type":"lot"/);
    await inspector.sourceReads(/Sample session/);
    assert.deepEqual(inspector.complaints, []);
  });

  it('shows pasted bytes, and where the MASK bit is', async () => {
    await inspector.paste(HELLO);
    await inspector.rowsShown(1);

    await inspector.sourceReads(/hex: it is 11 bytes/);
    assert.match((await inspector.rows())[0], /TEXT F···M 5 Hello$/);

    await page.getByRole('tab', { name: 'Frame' }).click();
    await page.getByRole('button', { name: /^MASK = 1,/ }).click();

    await inspector.reads('fw-frame-view .explain', /bit 0 of byte 1/);
    await inspector.reads('fw-byte-view .run.chosen', /^85$/);
    await inspector.reads('fw-field-tree [aria-selected=true]', /^MASK/);
  });

  it('goes from a byte to its field and bit', async () => {
    const key = page.locator('fw-byte-view .run.mask').first();
    const box = await key.boundingBox();

    // The second of the key's four bytes.
    await key.click({ position: { x: box.width * 0.3, y: box.height / 2 } });

    const explanation = 'fw-frame-view .explain';
    await inspector.reads(explanation, /^Masking-key = 37 fa 21 3d/);
    await inspector.reads(explanation, /byte 3 is 0xfa/);

    await page.keyboard.press('ArrowLeft');
    await inspector.reads(explanation, /byte 2 is 0x37/);
  });

  it('unmasks the payload in the byte view', async () => {
    await page.getByLabel('Payload unmasked').check();

    await inspector.reads('fw-byte-view .run.payload', /^48 65 6c 6c 6f$/);
  });

  it('decodes a message in a worker and shows markup as text', async () => {
    const markup = '<img src=x onerror="globalThis.hacked=1">';
    const json = Buffer.from(JSON.stringify({ markup, big: 1 }));
    const frame = Buffer.concat([Buffer.from([0x81, json.length]), json]);

    await inspector.paste(frame.toString('hex'));
    await inspector.rowsShown(1);
    await page.getByRole('tab', { name: 'Message' }).click();

    const tree = page.locator('fw-value-tree');
    await tree.getByText('big:').waitFor();
    await tree.getByText(/^"<img src=x/).waitFor();
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);

    await page.getByRole('button', { name: 'CBOR', exact: true }).click();
    await page.locator('fw-message-view .problem').waitFor();
    await page.getByRole('button', { name: 'Hex', exact: true }).click();
    await page.locator('fw-message-view fw-byte-view .run').first().waitFor();
    await page
      .getByRole('button', { name: 'Text', exact: true })
      .last()
      .click();
    await page.locator('fw-text-view .row').first().waitFor();
    await page.getByRole('tab', { name: 'Frame' }).click();
    assert.deepEqual(inspector.complaints, []);
  });

  it('remembers that frames are wanted before messages', async () => {
    await page.reload();
    await inspector.rowsShown(16);
    await page.locator('fw-frame-view').waitFor();
    await page.getByRole('tab', { name: 'Message' }).click();
    await page.reload();
    await page.locator('fw-message-view').waitFor();
  });

  it('says what is wrong with what it can’t read, and goes on', async () => {
    await inspector.paste('{"neither": "one nor the other"}');
    const alert = page.locator('.notice.bad');

    await inspector.reads(alert, /JSON of another kind, not a capture/);
    await inspector.paste(HELLO);
    await inspector.rowsShown(1);
    await alert.waitFor({ state: 'detached' });
  });
});

describe('the sample session', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));

  it('filters, leaves out, and says where a query is wrong', async () => {
    await inspector.filter('opcode==ping or opcode==pong');
    await inspector.rowsShown(4);

    await inspector.filter('!control');
    await inspector.rowsShown(10);

    await inspector.filter('json.type=="lot"');
    await inspector.rowsShown(2);

    await inspector.filter('len>');
    const problem = page.locator('fw-query-bar .error');
    await problem.waitFor();
    assert.notEqual(await problem.locator('mark').innerText(), '');
    // What was shown stays.
    await inspector.rowsShown(2);

    await page.getByLabel('Clear the filter').click();
    await inspector.rowsShown(16);

    await page.getByRole('button', { name: 'Control' }).click();
    await inspector.rowsShown(6);
    await page.getByRole('button', { name: 'Control' }).click();
    await inspector.rowsShown(10);
    await page.getByRole('button', { name: 'No Control' }).click();
    await inspector.rowsShown(16);
  });

  it('leads from a finding to its frame and byte', async () => {
    await page.locator('fw-lint-panel .rule').click();
    await page.locator('fw-lint-panel .one').click();

    await inspector.reads('fw-frame-view .finding', /RFC 6455 §5\.1 · byte 1/);
    await inspector.reads('.summary', /Frame 14\s+text from the client/);
  });

  it('shows messages first, but control frames and broken ones as frames', async () => {
    await page.getByRole('tab', { name: 'Message' }).click();
    await inspector.row(4).click();
    await page.locator('fw-value-tree').getByText('Walnut').waitFor();
    await inspector.row(13).click();
    await page.locator('fw-frame-view').waitFor();
    await inspector.filter('opcode==ping');
    await inspector.rowsShown(2);
    await inspector.row(0).click();
    await page.getByText('ping from the server').waitFor();
    await page.locator('fw-frame-view').waitFor();
    // Whoever asks for its message gets it, and the next ping is a frame again.
    await page.keyboard.press('1');
    await page.locator('fw-message-view').waitFor();
    await inspector.row(1).click();
    await page.locator('fw-frame-view').waitFor();
    await inspector.filter('');
    await inspector.rowsShown(16);
  });

  it('shows both sizes of a compressed message', async () => {
    await inspector.row(4).click();
    await page.getByRole('tab', { name: 'Message' }).click();

    const facts = page.locator('fw-message-view dl');
    await facts.getByText('Inflated').waitFor();
    await inspector.reads(facts, /29 bytes\s+Inflated\s+141 bytes/);
  });

  it('joins fragments, with a ping between them', async () => {
    await inspector.row(9).click();

    const view = page.locator('fw-message-view');
    await view.getByText('3 fragments').waitFor();
    await page.locator('fw-text-view').getByText('sold!').waitFor();
    await view.getByRole('button', { name: 'frame 13' }).click();
    await page.getByText('Frame 13', { exact: true }).waitFor();
  });

  it('shows the handshake and the timing', async () => {
    await page.getByRole('tab', { name: 'Connection' }).click();

    const view = page.locator('fw-connection-view');
    await view.getByText('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=').waitFor();
    await view.getByText('23.8 ms').waitFor();
    await view
      .getByRole('cell', { name: 'permessage-deflate', exact: true })
      .first()
      .waitFor();
    await page.getByRole('tab', { name: 'Frame' }).click();
  });

  it('can be used by keys alone', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.getByText('Frame 2', { exact: true }).waitFor();
    await page.keyboard.press('End');
    await page.getByText('Frame 16', { exact: true }).waitFor();
    // Faster than the worker answers.
    await page.locator('fw-frame-list [role=grid]').evaluate(async (list) => {
      for (const key of ['Home', 'ArrowDown', 'ArrowDown']) {
        const options = { key, bubbles: true };
        list.dispatchEvent(new KeyboardEvent('keydown', options));
        await new Promise((resolve) => setTimeout(resolve));
      }
    });
    await page.getByText('Frame 3', { exact: true }).waitFor();
    await page.keyboard.press('1');
    await page.locator('fw-message-view').waitFor();
    await page.keyboard.press('2');
    await page.locator('fw-frame-view').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('ping');
    await page.keyboard.press('Escape');
    await inspector.rowsShown(16);
  });

  it('changes between light and dark', async () => {
    const background = () =>
      page
        .locator('frame-inspector')
        .evaluate(
          (element) => window.getComputedStyle(element).backgroundColor
        );
    const light = await background();

    await page.getByRole('button', { name: /light and dark/ }).click();
    assert.notEqual(await background(), light);
    await page.getByRole('button', { name: /light and dark/ }).click();
    assert.equal(await background(), light);
  });

  for (const format of ['pcapng', 'native', 'har', 'hex']) {
    it(`exports ${format}, and opens it again`, async () => {
      const { name, bytes } = await inspector.export(format);

      assert.match(name, /^Sample-session\.\w+$/);
      assert.ok(bytes.length > 100);
      if (format === 'hex') return;

      const again = await InspectorPage.open();
      try {
        await again.paste('81 00');
        await again.rowsShown(1);
        await again.drop(bytes, name);
        // HAR has messages: the three fragments come back as one frame.
        await again.rowsShown(format === 'har' ? 14 : 16);
        if (format === 'har') return;
        const second = await again.export('hex');
        const first = await inspector.export('hex');
        assert.ok(byteLines(first).length > 16);
        assert.deepEqual(byteLines(second), byteLines(first));
      } finally {
        await again.close();
      }
    });
  }
});
