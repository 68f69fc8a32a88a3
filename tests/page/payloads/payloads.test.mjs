// What leaves the page: whole payloads, byte for byte, and redacted captures.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';

import { missingInspector, withPage } from '../support/page.mjs';

const MAX_LEN = 64 * 1024 * 1024;

function frame(payload) {
  const head = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 6);
  return Buffer.concat([head, payload]);
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

describe('a payload', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  it('of 64 MiB is shown to its end, and saved byte for byte', async () => {
    // Made in the page: no two MiB are the same.
    await page.evaluate((len) => {
      const bytes = new Uint8Array(10 + len);
      bytes.set([0x82, 127]);
      new DataView(bytes.buffer).setUint32(6, len);
      for (let at = 0; at < len; at++)
        bytes[10 + at] = at ^ (at >> 8) ^ (at >> 16);
      const inspector = document.querySelector('frame-inspector');
      return inspector.open(new Blob([bytes]), 'large.bin');
    }, MAX_LEN);
    await inspector.rowsShown(1);
    await page.getByRole('tab', { name: 'Message' }).click();

    const payload = Buffer.alloc(MAX_LEN);
    for (let at = 0; at < MAX_LEN; at++)
      payload[at] = at ^ (at >> 8) ^ (at >> 16);
    const download = page.waitForEvent('download');
    await page.locator('fw-message-view').getByText('Save').click();
    const chunks = [];
    for await (const chunk of await (await download).createReadStream())
      chunks.push(chunk);
    assert.equal(digest(Buffer.concat(chunks)), digest(payload));
  });

  it('is redacted before it is exported, where that is asked for', async () => {
    const text = '{"user":"ada","token":"s3cr3t-s3cr3t","n":4242424242}';
    await inspector.paste(frame(Buffer.from(text)).toString('hex'));
    await inspector.rowsShown(1);

    const whole = await inspector.export('hex');
    const redacted = await inspector.export('hex', async (dialog) => {
      await dialog.locator('[name=jsonKeys]').fill('token');
      await dialog.locator('[name=pattern]').fill('4{1}2[0-9]+');
    });
    const payloadOf = ({ bytes }) => {
      const lines = bytes.toString().split('\n');
      const hex = lines.filter((line) => /^[0-9a-f]{2}( |$)/.test(line));
      return Buffer.from(hex.join('').replace(/ /g, ''), 'hex').subarray(10);
    };
    assert.equal(payloadOf(whole).toString(), text);
    const left = payloadOf(redacted).toString();
    assert.equal(left.length, text.length);
    assert.match(left, /^\{"user":"ada","token":"[^"]{13}","n":.{10}\}$/);
    assert.doesNotMatch(left, /s3cr3t|42/);
  });
});
