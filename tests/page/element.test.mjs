// `<frame-inspector>` as others put it into their pages: whatever box it is in, it fills that, and scrolls inside.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launchChromium } from '../browser/support/chromium.mjs';
import { violations } from './support/axe.mjs';
import { missingInspector } from './support/page.mjs';

const DIST = new URL('../../npm/inspector/dist/', import.meta.url);
const ORIGIN = 'http://boxes.test';

const element = (style = '') =>
  `<frame-inspector sample style="${style}"></frame-inspector>`;
const box = (style, content) => `<div style="${style}">${content}</div>`;

/** The box, the size that the element must have in it, and how many rows must be in sight. */
const BOXES = {
  'a box of 300 × 200': [
    box('width: 300px; height: 200px', element()),
    [300, 200, 3]
  ],
  'a box of 600 × 400': [
    box('width: 600px; height: 400px', element()),
    [600, 400, 8]
  ],
  'a box without a height': [box('width: 700px', element()), [700, 640, 16]],
  'no box, with a size of its own': [
    element('width: 500px; height: 300px'),
    [500, 300, 6]
  ],
  'a row of a flexbox': [
    box(
      'display: flex; width: 700px; height: 420px',
      `<p style="flex: none; width: 100px">beside</p>${element('flex: 1')}`
    ),
    [600, 420, 8]
  ],
  'a row of a flexbox, without a height': [
    box('display: flex; width: 700px', element('flex: 1')),
    [700, 640, 16]
  ],
  'a column of a flexbox': [
    box(
      'display: flex; flex-direction: column; width: 600px; height: 500px',
      `<p style="flex: none; height: 60px; margin: 0">above</p>${element()}`
    ),
    [600, 440, 8]
  ],
  'a cell of a grid': [
    box(
      'display: grid; grid: 100px 300px / 200px 1fr; width: 800px',
      `<p>1</p><p>2</p><p>3</p>${element()}`
    ),
    [600, 300, 6]
  ],
  'a cell of a grid, without a height': [
    box(
      'display: grid; grid: auto / 200px 1fr; width: 800px',
      `<p>1</p>${element()}`
    ),
    [600, 640, 16]
  ]
};

describe('the element', { skip: missingInspector() }, () => {
  let browser;
  let page;

  before(async () => {
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.route(`${ORIGIN}/**`, (route) => {
      const { pathname, searchParams } = new URL(route.request().url());
      const body = BOXES[searchParams.get('box')]?.[0];
      if (body === undefined)
        return route.fulfill({
          path: fileURLToPath(new URL(`.${pathname}`, DIST))
        });
      return route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><html lang="en"><title>Boxes</title>
          <script type="module" src="/element.js"></script>
          <main><h1 style="margin: 0">Boxes</h1>${body}</main></html>`
      });
    });
  });
  after(() => browser?.close());

  for (const [name, [, [width, height, rows]]] of Object.entries(BOXES))
    it(`fills ${name}`, async () => {
      await page.goto(`${ORIGIN}/?box=${encodeURIComponent(name)}`);
      const scroller = page.locator('fw-frame-list .scroller');
      await page.locator('fw-frame-list .row').first().waitFor();
      const size = await page.locator('frame-inspector').boundingBox();
      assert.deepEqual([size.width, size.height], [width, height]);
      const seen = await scroller.evaluate(
        ({ clientHeight }) => clientHeight / 26
      );
      assert.ok(seen >= rows, `${seen} rows`);
      // To its last row, and nothing around it moves.
      await scroller.focus();
      await page.keyboard.press('End');
      await page.locator('fw-frame-list [aria-rowindex="16"]').waitFor();
      assert.deepEqual(await page.evaluate(outside), []);
      assert.deepEqual(await violations(page), []);
    });
});

/** Runs in the page: what of the element is cut off, and what of the page it makes scroll. */
function outside() {
  const inspector = document.querySelector('frame-inspector');
  const whole = inspector.getBoundingClientRect();
  const found = [];
  const { scrollTop, scrollWidth, clientWidth } = document.scrollingElement;
  if (scrollTop > 0) found.push('the page is scrolled');
  if (scrollWidth > clientWidth) found.push('the page is too wide');
  const visit = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) visit(node.shadowRoot);
      if (!node.matches('button, input, select, h2')) continue;
      if (!node.checkVisibility({ checkOpacity: true })) continue;
      const { left, right, top, bottom, width } = node.getBoundingClientRect();
      if (width <= 1) continue;
      if (left < whole.left - 0.5 || right > whole.right + 0.5)
        found.push(`sideways: ${node.outerHTML.slice(0, 200)}`);
      if (top < whole.top - 0.5 || bottom > whole.bottom + 0.5)
        found.push(`below: ${node.outerHTML.slice(0, 200)}`);
    }
  };
  visit(inspector.shadowRoot);
  return found;
}
