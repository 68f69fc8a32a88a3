// An engine that is busy for good can be stopped, and what was open is there again.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { missingInspector, withPage } from './support/page.mjs';
import { Tap } from './support/tap.mjs';

/** Of these bytes the pattern tries every partition, of which there are 2^40. */
const TEXT = `${'a'.repeat(40)}!`;
const FRAME = Buffer.from(
  `\x81${String.fromCharCode(TEXT.length)}${TEXT}`,
  'latin1'
);
const PATTERN = '^(a+)+$';

describe('what takes for ever', { skip: missingInspector() }, () => {
  let inspector;
  let page;
  let tap;

  withPage((opened) => ({ inspector, page } = opened));
  after(() => tap?.close());

  const stop = () => page.getByRole('button', { name: 'Stop it' }).click();

  it('can be stopped in a filter, which is not applied then', async () => {
    await inspector.drop(Buffer.concat([FRAME, FRAME]), 'two.bin');
    await inspector.rowsShown(2);
    await inspector.filter(`/${PATTERN}/`);
    await stop();
    await inspector.rowsShown(2);
    await inspector.sourceReads(/^two\.bin/);
    await inspector.reads(
      'fw-query-bar .error',
      /^stopped, because it took too long/
    );
    await page
      .getByRole('button', { name: 'Stop it' })
      .waitFor({ state: 'hidden' });
    await inspector.filter('a!');
    await inspector.rowsShown(2);
    assert.match((await inspector.rows())[0], /aaa/);
  });

  it('can be stopped in an export', async () => {
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.locator('fw-export-dialog');
    await dialog.locator('input[name=pattern]').fill(PATTERN);
    await dialog.getByRole('button', { name: 'Save file' }).click();
    await stop();
    await inspector.rowsShown(2);
    const { bytes } = await inspector.export('hex', (dialog) =>
      dialog.locator('input[name=pattern]').fill('a!')
    );
    assert.ok(bytes.length > 0);
  });

  it('can be stopped where it is live, which goes on', async () => {
    tap = await Tap.listen();
    await inspector.watch(tap);
    await inspector.sourceReads(/● live\s*a test/);
    await tap.send(FRAME, 3);
    await inspector.rowsShown(3);
    await inspector.filter(`/${PATTERN}/`);
    await stop();
    await inspector.reads('.notice.bad', /What it had read is gone/);
    await inspector.sourceReads(/● live/);
    assert.deepEqual(inspector.complaints, []);
  });
});
