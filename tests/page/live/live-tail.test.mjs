// A live capture that goes on: what is kept of it, and where the reader is.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { missingInspector, withPage } from '../support/page.mjs';
import { Tap } from '../support/tap.mjs';

const MIB = 1024 * 1024;
const TEXT = Buffer.from('\x81\x05Hello', 'latin1');

/** A frame as large as one record of a live stream can carry, nearly. */
const LARGE = Buffer.alloc(MIB - 1024);
LARGE.set([0x82, 127]);
LARGE.writeUInt32BE(LARGE.length - 10, 6);

describe('a live capture', { skip: missingInspector() }, () => {
  let inspector;
  let page;
  let tap;

  withPage((opened) => ({ inspector, page } = opened));
  after(() => tap?.close());

  async function watch() {
    tap?.close();
    tap = await Tap.listen();
    await inspector.watch(tap);
    // Not what was there before.
    await page.waitForFunction(
      () =>
        document
          .querySelector('frame-inspector')
          .shadowRoot.querySelector('fw-frame-list').view.frames === 0
    );
    await inspector.sourceReads(/a test/);
  }

  /** Sends frames, and waits until the page counts as many more. */
  async function send(frame, count) {
    const frames = (await numbers()).frames + count;
    await tap.send(frame, count);
    await page.waitForFunction(
      (frames) =>
        document
          .querySelector('frame-inspector')
          .shadowRoot.querySelector('fw-frame-list').view.frames === frames,
      frames
    );
  }

  /** `{ count, evicted, frames }` of the list. */
  function numbers() {
    return page
      .locator('fw-frame-list')
      .evaluate(({ view: { count, evicted, frames } }) => ({
        count,
        evicted,
        frames
      }));
  }

  /** Turns the wheel over the list, and waits until that has come to rest. */
  async function wheel(delta) {
    const list = page.locator('fw-frame-list .scroller');
    const rest = await list.evaluateHandle((scroller) => ({
      reached: new Promise((resolve) =>
        scroller.addEventListener('scrollend', resolve, { once: true })
      )
    }));
    await list.hover();
    await page.mouse.wheel(0, delta);
    await rest.evaluate(({ reached }) => reached.then(() => {}));
    // An earlier scroll may have been the one that ended.
    await list.evaluate(async (scroller) => {
      let same = 0;
      for (let before = NaN; same < 10; same++) {
        await new Promise((resolve) => window.requestAnimationFrame(resolve));
        if (scroller.scrollTop !== before) same = 0;
        before = scroller.scrollTop;
      }
    });
  }

  /**
   * Which row was first in sight, and where, in every picture of the page
   * until it counts `count` more frames, which `tap` sends meanwhile.
   */
  async function firstRowsDuring(frame, count) {
    const frames = (await numbers()).frames + count;
    const seen = page.locator('fw-frame-list').evaluate(
      (list, frames) =>
        new Promise((resolve) => {
          const seen = new Set();
          const look = () => {
            const row = list.shadowRoot.querySelector('.row');
            const { top } = row.getBoundingClientRect();
            const number = row.querySelector('.number').innerText;
            seen.add(`${number} at ${Math.round(top)} px`);
            if (list.view.frames === frames) resolve([...seen]);
            else window.requestAnimationFrame(look);
          };
          look();
        }),
      frames
    );
    for (let sent = 0; sent < count; sent += count / 20)
      await tap.send(frame, count / 20);
    return seen;
  }

  const follow = (isOn) =>
    page
      .getByRole('button', { name: 'Follow', exact: true, pressed: isOn })
      .waitFor();

  const lastRowIs = (number) =>
    page
      .locator('fw-frame-list .row')
      .last()
      .getByText(number, { exact: true })
      .waitFor();

  it('is followed, until the reader scrolls up to read', async () => {
    await watch();
    await send(TEXT, 500);
    await follow(true);
    await lastRowIs('500');

    const sent = send(TEXT, 500);
    await page.locator('fw-frame-list .scroller').hover();
    const button = page.getByRole('button', { name: 'Follow', exact: true });
    for (let turn = 0; turn < 100; turn++) {
      await page.mouse.wheel(0, -300);
      if ((await button.getAttribute('aria-pressed')) === 'false') break;
    }
    await sent;
    await wheel(-2000);
    await follow(false);
  });

  it('leaves the reader there, whatever comes', async () => {
    const { frames } = await numbers();
    const seen = await firstRowsDuring(TEXT, 2000);

    assert.equal(seen.length, 1, seen.join(', '));
    const first = parseInt(seen[0].replaceAll(',', ''), 10);
    assert.ok(first < frames, seen[0]);
  });

  it('is followed again from its end', async () => {
    await wheel(1e6);
    await follow(true);

    await send(TEXT, 300);
    await lastRowIs((await numbers()).frames.toLocaleString('en'));
  });

  it('says how many frames it evicted', async () => {
    await watch();
    await send(LARGE, 600);

    const { count, evicted } = await numbers();
    assert.ok(evicted > 600 - 520 && evicted < 200, `${evicted}`);
    assert.equal(count + evicted, 600);
    await inspector.reads(
      'fw-status-bar .lost',
      new RegExp(`^! ${evicted} frames evicted$`)
    );
  });

  it('leaves the reader’s rows in sight while others are evicted', async () => {
    await wheel(-2000);
    await follow(false);
    const { evicted } = await numbers();

    const seen = await firstRowsDuring(LARGE, 100);
    assert.equal(seen.length, 1, seen.join(', '));
    const { evicted: later } = await numbers();
    assert.ok(later > evicted, `${evicted}, then ${later}`);
  });

  it('evicts nothing while all is to be kept', async () => {
    const { count, evicted } = await numbers();
    const keep = { name: 'Keep all', exact: true };
    await page.getByRole('button', { ...keep, pressed: false }).click();
    await page.getByRole('button', { ...keep, pressed: true }).waitFor();

    await send(LARGE, 60);
    assert.deepEqual(await numbers(), {
      count: count + 60,
      evicted,
      frames: 760
    });

    // The switch is for the next capture, too.
    await watch();
    await send(LARGE, 600);
    assert.equal((await numbers()).count, 600);
    await page.getByRole('button', { ...keep, pressed: true }).waitFor();
    assert.equal(await page.locator('fw-status-bar .lost').count(), 0);
    assert.deepEqual(inspector.complaints, []);
  });
});
