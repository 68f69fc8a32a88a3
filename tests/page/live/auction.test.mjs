// The inspector watches the live auction while people bid, as `npm start` shows it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import {
  AUCTION,
  AUCTION_MODES,
  startExample
} from '../../apps/support/examples.mjs';
import { launchChromium } from '../../browser/support/chromium.mjs';
import { Tab } from '../../browser/support/tab.mjs';
import { missingInspector } from '../support/page.mjs';

const skip = missingInspector();
if (skip) console.log(`Live inspector tests skipped: ${skip}`);

for (const mode of AUCTION_MODES) {
  const title = `the auction's frames, ${mode.name}`;
  describe(title, { skip, timeout: 600_000 }, () => {
    let ann;
    let auction;
    let browser;
    let early;
    let frames;

    before(async () => {
      browser = await launchChromium();
      auction = await startExample(AUCTION, mode.args);
      early = await enter('Early');
      const [, address] = await auction.app.prints(/frames, .* at (\S+)\n/);
      frames = await Tab.open(browser, address, {
        viewport: { width: 1440, height: 900 }
      });
      await frames.reads('fw-connection-list .name', /\/live$/);
      ann = await enter('Ann');
    });
    after(async () => {
      await browser.close();
      await auction.app.stop();
    });

    async function enter(name) {
      const tab = await Tab.open(browser, auction.url);
      await tab.reads('#line-text', 'Live');
      await tab.page.fill('#name', name);
      await tab.page.press('#name', 'Enter');
      await tab.reads('.person:has(.person-you) span:nth-child(2)', name);
      return tab;
    }

    async function bid(tab) {
      await tab.page.waitForTimeout(400);
      await tab.page.locator('#quick button').first().click();
      await tab.reads('#standing-text', 'You lead.');
    }

    async function filter(query) {
      await frames.page.getByLabel('Filter frames').fill(query);
    }

    it('says where it watches, and shows who is connected', async () => {
      assert.equal(
        frames.page.url(),
        `${auction.url}__frames/index.html#live=stream`
      );
      await frames.reads('fw-toolbar .live', /live/);
      await frames.reads(
        'fw-toolbar .source',
        new RegExp(new URL(auction.url).host)
      );
    });

    it('needs the address that was printed', async () => {
      const tab = await Tab.open(browser, `${auction.url}__frames/`);
      await tab.reads('body', /^The inspector needs its token: /);
      await tab.close();
    });

    it('shows the bids in plain text, as masked frames of the client', async () => {
      await bid(ann);
      await filter('dir==in bid');
      await frames.reads(
        'fw-frame-list .row',
        /client\s+TEXT\s.*"type":"bid"/s
      );
    });

    it('shows ping and pong', async () => {
      await filter('opcode==ping');
      await frames.reads('fw-frame-list .row', /server\s+PING/);
      await filter('opcode==pong');
      await frames.reads('fw-frame-list .row', /client\s+PONG/);
    });

    it('shows compressed frames, inflated', async () => {
      await filter('rsv1 dir==out');
      await frames.reads(
        'fw-frame-list .row',
        /server\s+TEXT\s+F1···\s.*\{"type":/s
      );
    });

    // Framewright hands over what its messages refer to; ws's own zlib can't.
    it('reads what was open before it came, or says why not', async () => {
      await bid(early);
      await filter('conn==0 dir==client opcode==text');
      await frames.reads(
        'fw-frame-list .row',
        mode.name === 'stock' ? /no prior window/ : /"roundTripMs"/
      );
    });

    it('has nothing to complain about', async () => {
      await filter('');
      assert.deepEqual(frames.complaints, []);
      assert.deepEqual(ann.complaints, []);
      await frames.reads('fw-status-bar span', /\| 0 chunks .*dropped/);
      await frames.screenshot(`live-auction-${mode.name}`);
    });

    it('says so when the auction ends', async () => {
      await auction.app.stop();
      await frames.reads('fw-toolbar .live', /ended|failed/);
    });
  });
}
