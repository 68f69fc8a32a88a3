// Payloads made to hang or crash whoever decodes them.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { missingInspector, withPage } from '../support/page.mjs';

const MIB = 1024 * 1024;
const DEPTH = 200_000;
const CALM = Buffer.from('{"calm":true}');

/** A frame with nothing to find fault with, or the page doesn't take a file of them for frames. */
function frame(opcode, payload) {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = { 2: length, 4: 126, 10: 127 }[head.length];
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeUInt32BE(length, 6);
  return Buffer.concat([head, payload]);
}

/** So many lists, each in another. */
function nested(byte) {
  const bytes = Buffer.alloc(DEPTH, byte);
  bytes[DEPTH - 1] = 1;
  return bytes;
}

/** A number that takes minutes to write down (RFC 8949 §3.4.3). */
function bignum(len) {
  const bytes = Buffer.alloc(6 + len, 0xa7);
  bytes.set([0xc2, 0x5a]);
  bytes.writeUInt32BE(len, 2);
  return bytes;
}

const HOSTILE = [
  { what: 'lists, 200,000 deep', view: 'MessagePack', bytes: nested(0x91) },
  { what: 'lists, 200,000 deep', view: 'CBOR', bytes: nested(0x81) },
  {
    what: 'a list that claims 4,294,967,295 entries',
    view: 'MessagePack',
    bytes: Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff, 1])
  },
  {
    what: '24 MiB that end before the JSON does',
    view: 'JSON',
    bytes: Buffer.from(`[${'{"a":[1,2]},'.repeat(2 * MIB)}`)
  },
  {
    what: 'a number of 8 MiB',
    view: 'CBOR',
    bytes: bignum(8 * MIB),
    problem: /^Not CBOR: The decoder was ended after 3 s$/
  }
];

describe('a decoder', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  before(async () => {
    const frames = HOSTILE.map(({ view, bytes }) =>
      frame(view === 'JSON' ? 1 : 2, bytes)
    );
    const capture = Buffer.concat([frame(1, CALM), ...frames]);
    await inspector.drop(capture, 'hostile.bin');
    await inspector.rowsShown(1 + HOSTILE.length);
    await page.getByRole('tab', { name: 'Message' }).click();
  });
  async function choose(row, view) {
    await inspector.row(row).click();
    await page.getByText(`Frame ${row + 1}`, { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Message' }).click();
    await page.getByRole('button', { name: view, exact: true }).click();
  }

  /** Another message is shown, whatever became of the one before. */
  async function showsAnother() {
    await choose(0, 'JSON');
    await page.locator('fw-value-tree').getByText('calm:').waitFor();
  }

  for (const [index, { what, view, problem }] of HOSTILE.entries())
    it(`of ${view} that is given ${what} says so`, async () => {
      await choose(1 + index, view);
      await inspector.reads(
        'fw-message-view .problem',
        problem ?? new RegExp(`^Not ${view}: .`)
      );
      await showsAnother();
      assert.deepEqual(inspector.complaints, []);
    });

  it('that hangs is not waited for', async () => {
    await choose(HOSTILE.length, 'CBOR');
    await showsAnother();
    assert.equal(await page.locator('fw-message-view .problem').count(), 0);
    assert.deepEqual(inspector.complaints, []);
  });

  it('shows the outermost of JSON lists, 200,000 deep', async () => {
    const json = `[7,${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}]`;
    const frames = [frame(1, CALM), frame(1, Buffer.from(json))];
    await inspector.drop(Buffer.concat(frames), 'deep.bin');
    await inspector.rowsShown(2);
    await choose(1, 'JSON');
    const tree = page.locator('fw-value-tree');
    await tree.getByText('0:', { exact: true }).first().waitFor();
    await showsAnother();
    assert.deepEqual(inspector.complaints, []);
  });

  it('shows the beginning of what is too long for a line', async () => {
    const digits = '7'.repeat(400_000);
    const json = `{"${'k'.repeat(400_000)}":1,"n":${digits}}`;
    await inspector.drop(frame(1, Buffer.from(json)), 'long.bin');
    await inspector.rowsShown(1);
    await page.getByRole('tab', { name: 'Message' }).click();
    await page.getByRole('button', { name: 'JSON', exact: true }).click();

    const tree = page.locator('fw-value-tree');
    await tree.getByText('n:', { exact: true }).waitFor();
    assert.ok((await tree.innerText()).length < 2000);
  });
});
