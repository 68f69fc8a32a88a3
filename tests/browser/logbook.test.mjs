import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { LOGBOOK, startExample } from '../apps/support/examples.mjs';
import { launchChromium, missingChromium } from './support/chromium.mjs';
import { Tab } from './support/tab.mjs';

const skip = missingChromium() ?? false;

describe('The logbook in Chromium', { skip, timeout: 600_000 }, () => {
  let browser;
  let logbook;
  before(async () => {
    browser = await launchChromium();
    logbook = await startExample(LOGBOOK);
  });
  after(async () => {
    await logbook.app.stop();
    await browser.close();
  });

  it('opens its WebSocket with the password of the page', async () => {
    const [ada, grace] = await Promise.all([signIn('ada'), signIn('grace')]);
    await write(ada, 'Lamp lit.');
    await grace.reads('li :not(time)', 'ada | Lamp lit.');
    await write(grace, 'Seen <b>well</b>.');
    for (const tab of [ada, grace]) {
      await tab.reads(
        'li :not(time)',
        'ada | Lamp lit. | grace | Seen <b>well</b>.'
      );
      await tab.isAccessible();
      assert.deepEqual(tab.complaints, []);
    }
    await ada.screenshot('logbook');
  });

  async function signIn(username) {
    const password = `${username}-${username}`;
    const tab = await Tab.open(browser, logbook.url, {
      httpCredentials: { username, password }
    });
    await tab.reads('#state', 'Live');
    return tab;
  }

  async function write(tab, text) {
    await tab.page.fill('#text', text);
    await tab.page.press('#text', 'Enter');
  }
});
