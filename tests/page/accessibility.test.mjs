import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';

import { InspectorPage, missingInspector } from './support/page.mjs';

const axe = readFileSync(
  createRequire(
    new URL('../../npm/inspector/package.json', import.meta.url)
  ).resolve('axe-core/axe.min.js'),
  'utf8'
);

/** What axe finds wrong, in a line each. */
async function violations(page) {
  // Straight into the page: its policy would not let a script element in.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  await session.detach();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) =>
      [id, target.join(' '), failureSummary].join(': ')
    )
  );
}

const LOOKS = [
  { name: 'wide, light', width: 1440, height: 900, scheme: 'light' },
  { name: 'wide, dark', width: 1440, height: 900, scheme: 'dark' },
  { name: 'narrow, light', width: 400, height: 800, scheme: 'light' },
  { name: 'narrow, dark', width: 400, height: 800, scheme: 'dark' }
];

describe('axe', { skip: missingInspector() }, () => {
  for (const { name, ...look } of LOOKS) {
    it(`finds nothing wrong: ${name}`, async () => {
      const inspector = await InspectorPage.open(look);
      const { page } = inspector;
      const isNarrow = look.width < 760;
      const pane = async (label) => {
        if (isNarrow)
          await page.getByRole('button', { name: label, exact: true }).click();
      };
      const check = async (what) =>
        assert.deepEqual(await violations(page), [], what);

      try {
        await check('the sample session');

        await inspector.row(13).click();
        await pane('Detail');
        await page.getByRole('button', { name: /^MASK =/ }).click();
        await check('a frame with a finding');

        await page.getByRole('tab', { name: 'Message' }).click();
        await page.locator('fw-value-tree').waitFor();
        await check('a message as JSON');
        await page.getByRole('button', { name: 'Hex', exact: true }).click();
        await page.locator('fw-message-view fw-byte-view').waitFor();
        await check('a message in hex');

        await page.getByRole('tab', { name: 'Connection' }).click();
        await page.locator('fw-connection-view section').first().waitFor();
        await check('a connection');

        await pane('Connections');
        await page.locator('fw-lint-panel .rule').click();
        await page.locator('fw-lint-panel .one').first().waitFor();
        await check('the findings');

        await pane('Frames');
        await page
          .getByRole('button', {
            name: /help on filters|quick filters and help/i
          })
          .click();
        await inspector.filter('len>');
        await page.locator('fw-query-bar .error').waitFor();
        await check('a wrong query, and its help');

        for (const button of ['Paste', 'Live', 'Export', 'Help and keys']) {
          await page.getByRole('button', { name: button, exact: true }).click();
          await check(`the dialog behind ${button}`);
          await page.keyboard.press('Escape');
        }
      } finally {
        await inspector.close();
      }
    });
  }
});
