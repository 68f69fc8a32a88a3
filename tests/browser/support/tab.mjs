import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import axe from 'axe-core';

const SCREENSHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url));

/** How long to wait for what must come, also on a busy machine. */
const PATIENCE_MS = 60_000;

/** One visitor's tab, in a browser profile of its own. */
export class Tab {
  /** Whatever the console has said that no healthy page says. */
  complaints = [];

  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        this.complaints.push(message.text());
      }
    });
  }

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {string} url
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  static async open(browser, url, options) {
    const context = await browser.newContext(options);
    const tab = new Tab(await context.newPage());
    await tab.page.goto(url);
    return tab;
  }

  close() {
    return this.page.context().close();
  }

  /** Waits until the element's text is, or matches, `expected`. */
  async reads(selector, expected) {
    const locator = this.page.locator(selector);
    const matches = (text) =>
      typeof expected === 'string' ? text === expected : expected.test(text);
    let text;
    const seen = new Set();
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      text = (await locator.allInnerTexts()).join(' | ');
      if (matches(text)) return;
      seen.add(text);
      await this.page.waitForTimeout(20);
    }
    const texts = JSON.stringify([...seen]);
    assert.fail(`${selector} reads ${texts} instead of ${expected}`);
  }

  /** Asserts that axe finds nothing, and that nothing sticks out sideways. */
  async isAccessible() {
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate('axe.run()');
    assert.deepEqual(
      violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
      []
    );
    assert.deepEqual(await this.page.evaluate(cutOff), []);
  }

  /** For people to look at; nothing is compared. */
  screenshot(name) {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const path = `${SCREENSHOTS}${name}.png`;
    return this.page.screenshot({ path, fullPage: true });
  }
}

/** Runs in the page: what sticks out of the page or of its card, sideways. */
function cutOff() {
  const rightOf = (node) => node.getBoundingClientRect().right;
  return Array.from(document.querySelectorAll('main *, header *'))
    .filter((node) => !node.matches('.hidden, .hidden *'))
    .filter((node) => {
      const card = node.closest('article, section, header');
      const limit = Math.min(card ? rightOf(card) : innerWidth, innerWidth);
      return rightOf(node) > limit + 0.5;
    })
    .map((node) => node.outerHTML);
}
