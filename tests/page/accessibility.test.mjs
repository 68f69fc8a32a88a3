import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { violations } from './support/axe.mjs';
import { InspectorPage, missingInspector } from './support/page.mjs';

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

        await page
          .getByRole('button', { name: 'Protobuf', exact: true })
          .click();
        await page.getByText('Without a schema').waitFor();
        await check('a message as protobuf, without a schema');
        await page.getByRole('button', { name: 'Auto', exact: true }).click();
        await page
          .getByRole('button', { name: 'Compare', exact: true })
          .click();
        await pane('Frames');
        await inspector.row(5).click();
        await pane('Detail');
        await page.locator('fw-compare-view table').waitFor();
        await check('two messages side by side');
        await page.getByRole('button', { name: 'End comparing' }).click();

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
        await inspector.filter('lot');
        await page.getByRole('button', { name: 'Save filter' }).click();
        await page.getByLabel('Name of the filter').fill('Lots');
        await page.keyboard.press('Enter');
        await page.getByRole('button', { name: 'Forget “Lots”' }).waitFor();
        await check('a filter with a name, and what it finds');
        await inspector.filter('len>');
        await page.locator('fw-query-bar .error').waitFor();
        await check('a wrong query, and its help');

        for (const button of ['Paste', 'Live', 'Export', 'Help and keys']) {
          await page.getByRole('button', { name: button, exact: true }).click();
          await check(`the dialog of ${button}`);
          await page.keyboard.press('Escape');
        }
      } finally {
        await inspector.close();
      }
    });
  }
});
