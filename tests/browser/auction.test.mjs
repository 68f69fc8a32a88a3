import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { assertAccelerated } from '../apps/support/app-process.mjs';
import {
  AUCTION,
  AUCTION_MODES,
  startExample
} from '../apps/support/examples.mjs';
import { launchChromium, missingChromium } from './support/chromium.mjs';
import { Tab } from './support/tab.mjs';

const skip = missingChromium() ?? false;

const LOOKS = [
  ['wide-light', { width: 1280, height: 900 }, 'light'],
  ['wide-dark', { width: 1280, height: 900 }, 'dark'],
  ['narrow-light', { width: 390, height: 844 }, 'light'],
  ['narrow-dark', { width: 390, height: 844 }, 'dark'],
  ['tiny', { width: 320, height: 568 }, 'light']
];

for (const mode of AUCTION_MODES) {
  const title = `The auction in Chromium, ${mode.name}`;
  describe(title, { skip, timeout: 600_000 }, () => {
    const startAuction = (...args) =>
      startExample(AUCTION, [...mode.args, ...args]);
    let browser;
    let auction;
    let ann;
    let bob;

    before(async () => {
      browser = await launchChromium();
    });
    after(() => browser.close());

    beforeEach(async () => {
      auction = await startAuction();
      ann = await enter('Ann');
      bob = await enter('Bob');
    });
    afterEach(async () => {
      await auction.app.stop();
      await Promise.all([ann.close(), bob.close()]);
    });

    async function enter(name, options) {
      const tab = await Tab.open(browser, auction.url, options);
      await tab.reads('#line-text', 'Live');
      await tab.page.fill('#name', name);
      await tab.page.press('#name', 'Enter');
      await tab.reads('.person:has(.person-you) span:nth-child(2)', name);
      return tab;
    }

    /** Presses a quick bid once it has stood for long enough to be meant. */
    async function quickBid(tab, index = 0) {
      await tab.page.waitForTimeout(400);
      await tab.page.locator('#quick button').nth(index).click();
    }

    it('shows the bids of each in both', async () => {
      await ann.reads('#price', '€60');
      await quickBid(ann);
      await ann.reads('#standing-text', 'You lead.');
      await ann.reads('#bid-answer', 'Your bid of €60 stands.');
      await bob.reads('#leader', 'by Ann');
      await bob.reads('.bid-name', 'Ann');

      await quickBid(bob, 1);
      for (const tab of [ann, bob]) {
        await tab.reads('#price', '€70');
        await tab.reads('.bid-amount', '€70 | €60');
        await tab.reads('#bid-count', '2');
        assert.equal(
          await tab.page.title(),
          '€70 · Camelback telegraph key · Signal House'
        );
      }
      await ann.reads('.bid-name', 'Bob | You');
      await bob.reads('.bid-name', 'You | Ann');
      await ann.reads('#standing-text', 'You have been outbid.');
      await ann.reads('#announcer', 'You are outbid. €70 by Bob.');
      await bob.reads('#standing-text', 'You lead.');

      assert.deepEqual([...ann.complaints, ...bob.complaints], []);
      if (mode.isAccelerated) {
        // Two hellos, two renames, two bids; and at least a pong from each.
        await assertAccelerated(auction.app, {
          chunks: 1,
          frames: 8,
          messages: 6
        });
      }
    });

    it('shows who is here', async () => {
      await ann.reads('#people-count', '2');
      await ann.reads('.person > span:nth-child(2)', 'Ann | Bob');
      const carl = await enter('Carl <b>');
      await ann.reads('.person > span:nth-child(2)', 'Ann | Bob | Carl <b>');
      await carl.close();
      await ann.reads('.person > span:nth-child(2)', 'Ann | Bob');
    });

    it('takes a bid from the keyboard alone', async () => {
      await ann.page.keyboard.press('Tab');
      await ann.page.evaluate('document.activeElement.blur()');
      await ann.page.focus('.skip');
      await ann.page.keyboard.press('Enter');
      await ann.page.keyboard.type('€ 1,250');
      await ann.page.keyboard.press('Enter');
      await bob.reads('#price', '€1,250');
      assert.equal(await ann.page.inputValue('#amount'), '');
    });

    it('says why a bid was refused', async () => {
      const tryAmount = async (text) => {
        await ann.page.fill('#amount', text);
        await ann.page.press('#amount', 'Enter');
      };
      await tryAmount('1');
      await ann.reads(
        '#bid-answer',
        '€1 is not enough: the next bid is €60 or more.'
      );
      await tryAmount('65.50');
      await ann.reads('#bid-answer', 'Please give an amount in whole euros.');
      await tryAmount('99999999');
      await ann.reads('#bid-answer', /more than this house can take/);
      await tryAmount('60');
      await ann.reads('#bid-answer', 'Your bid of €60 stands.');
      await tryAmount('65');
      await ann.reads('#bid-answer', /^You lead already/);
      await ann.reads('.bid-amount', '€60');
    });

    it('shows a bid at once, and settles two for the same price', async () => {
      // With the server held, no answer can come before we have looked.
      auction.app.signal('SIGSTOP');
      for (const tab of [ann, bob]) {
        await quickBid(tab);
        await tab.reads('.bid[data-pending] .bid-amount', '€60');
        await tab.reads('#bid-answer', 'Bidding €60…');
      }
      auction.app.signal('SIGCONT');
      for (const tab of [ann, bob]) {
        await tab.reads('.bid-amount', '€60');
        await tab.reads('#bid-count', '1');
      }
      await ann.reads('#bid-answer', /./);
      await bob.reads('#bid-answer', /./);
      const answers = [
        await ann.page.innerText('#bid-answer'),
        await bob.page.innerText('#bid-answer')
      ];
      assert.deepEqual(answers.toSorted(), [
        'Your bid of €60 stands.',
        '€60 is not enough: the next bid is €65 or more.'
      ]);
    });

    it('asks again when the price moved under the finger', async () => {
      await quickBid(bob);
      await ann.reads('.bid-amount', '€60');
      await ann.page.evaluate(() => {
        const button = document.querySelector('#quick button');
        const observer = new MutationObserver(() => {
          observer.disconnect();
          button.click();
        });
        observer.observe(button, { attributeFilter: ['value'] });
      });
      await bob.reads('#standing-text', 'You lead.');
      const carl = await enter('Carl');
      await quickBid(carl);
      await ann.reads('#bid-answer', /^The price has just moved/);
      await ann.reads('#bid-count', '2');
      await carl.close();
    });

    it('comes back after the server does', async () => {
      await quickBid(ann);
      await bob.reads('.bid-amount', '€60');
      const { port } = new URL(auction.url);
      auction.app.signal('SIGSTOP');
      await quickBid(bob);
      await bob.reads('#bid-answer', 'Bidding €65…');
      await auction.app.stop('SIGKILL');

      for (const tab of [ann, bob]) {
        await tab.reads('#line-text', 'Line lost');
        await tab.reads('#line-detail', /^retry in \d+ s$/);
        await tab.page.waitForSelector('#line-retry:visible');
      }
      await ann.page.waitForSelector('#quick [aria-disabled=true]');
      await ann.screenshot(`line-lost-${mode.name}`);
      await ann.page.fill('#amount', '500');
      await ann.page.press('#amount', 'Enter');
      await ann.reads('#bid-answer', 'The line is down: nothing was sent.');
      assert.equal(await ann.page.inputValue('#amount'), '500');

      auction = await startAuction('--port', port);
      await ann.page.click('#line-retry').catch(() => {});
      for (const tab of [ann, bob]) {
        await tab.reads('#line-text', 'Live');
        await tab.reads('.person > span:nth-child(2)', /Ann/);
        await tab.reads('.person > span:nth-child(2)', /Bob/);
        await tab.reads('.bid-amount', '');
      }
      await bob.reads(
        '#bid-answer',
        'Your last bid did not reach the auctioneer.'
      );
      await quickBid(bob);
      await ann.reads('#leader', 'by Bob');
    });

    it('sells a lot and opens the next', async () => {
      const { port } = new URL(auction.url);
      await auction.app.stop();
      auction = await startAuction('--port', port, '--lot-seconds', '5');
      for (const tab of [ann, bob]) await tab.page.goto(auction.url);
      await quickBid(ann);
      await bob.reads('#clock-label', 'Last call');
      await ann.reads('#standing-text', 'Sold to you for €60.');
      await bob.reads('#standing-text', 'Sold to Ann for €60.');
      await bob.reads('#clock-label', 'Next lot in');
      await bob.reads('#amount-hint', /next lot/);
      await ann.screenshot(`sold-${mode.name}`);
      await bob.reads('h1', 'Shutter signal lamp');
      await bob.reads('#price', '€120');
      await bob.reads('.bid-amount', '');
      await quickBid(bob);
      await ann.reads('#leader', 'by Bob');
    });

    it('is accessible in every look', async () => {
      for (let i = 0; i < 3; i++) {
        await quickBid(ann, i);
        await ann.reads('#standing-text', 'You lead.');
        await quickBid(bob);
        await bob.reads('#standing-text', 'You lead.');
      }
      for (const [name, size, colorScheme] of LOOKS) {
        await ann.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await ann.page.setViewportSize(size);
        await ann.isAccessible();
        await ann.screenshot(`${name}-${mode.name}`);
      }
    });
  });
}
