import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import {
  launchChromium,
  missingChromium
} from '../../browser/support/chromium.mjs';

const DIST = new URL('../../../npm/inspector/dist/', import.meta.url);
const PAGE = new URL('page/index.html', DIST).href;

/** How long to wait for what must come, also on a busy machine. */
const PATIENCE_MS = 60_000;

/** Why the inspector can't be tested here, or false. */
export function missingInspector() {
  if (!existsSync(fileURLToPath(PAGE)))
    return 'the inspector is not built: npm run build -w @framewright/inspector';
  return missingChromium() ?? false;
}

/**
 * Opens the page before the tests of a suite, and closes it after them.
 *
 * @param {Function} give Called with `{ inspector, page }` once it is open
 * @param {Object} [options] As for `InspectorPage.open()`
 */
export function withPage(give, options) {
  let inspector;

  before(async () => {
    inspector = await InspectorPage.open(options);
    give({ inspector, page: inspector.page });
  });
  after(() => inspector?.close());
}

/** A browser with the inspector's page, opened from file:// without network. */
export class InspectorPage {
  #browser;

  static async open({ width = 1440, height = 900, scheme = 'light' } = {}) {
    const self = new InspectorPage();
    self.#browser = await launchChromium();
    const context = await self.#browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      acceptDownloads: true
    });
    self.page = await context.newPage();
    self.page.setDefaultTimeout(PATIENCE_MS);
    /** Whatever the page complained about. */
    self.complaints = [];
    self.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        self.complaints.push(message.text());
    });
    self.page.on('pageerror', (error) => self.complaints.push(error.message));
    await self.page.goto(PAGE);
    await self.rowsShown(16);
    return self;
  }

  close() {
    return this.#browser.close();
  }

  /** Waits until the list has this many rows. */
  async rowsShown(count) {
    await this.page.waitForFunction(
      (count) =>
        document
          .querySelector('frame-inspector')
          .shadowRoot.querySelector('fw-frame-list')?.view.count === count,
      count
    );
  }

  /** The rows in sight, as texts. */
  async rows() {
    const rows = this.page.locator('fw-frame-list .row');
    await rows.first().waitFor();
    await this.page.waitForFunction(() => {
      const list = document
        .querySelector('frame-inspector')
        .shadowRoot.querySelector('fw-frame-list');
      return !list.shadowRoot.querySelector('.waiting');
    });
    const texts = await rows.allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  row(index) {
    return this.page.locator('fw-frame-list .row').nth(index);
  }

  async paste(text) {
    await this.page.getByRole('button', { name: 'Paste', exact: true }).click();
    await this.page.locator('textarea').fill(text);
    await this.page.getByRole('button', { name: 'Decode' }).click();
  }

  /** Drops a file onto the page, as a person would. */
  async drop(bytes, name) {
    const data = await this.page.evaluateHandle(
      ({ base64, name }) => {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name));
        return transfer;
      },
      { base64: Buffer.from(bytes).toString('base64'), name }
    );
    const target = this.page.locator('frame-inspector');
    await target.dispatchEvent('dragover', { dataTransfer: data });
    await target.dispatchEvent('drop', { dataTransfer: data });
  }

  async filter(query) {
    await this.page.getByLabel('Filter frames').fill(query);
  }

  /**
   * Waits until the text of what `target` finds, a selector or a locator,
   * matches.
   */
  async reads(target, pattern) {
    const locator =
      typeof target === 'string' ? this.page.locator(target) : target;
    let text = '';
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      text = await locator.first().innerText();
      if (pattern.test(text.trim())) return;
      await this.page.waitForTimeout(20);
    }
    assert.match(text, pattern);
  }

  /** Shows what a tap tells, live. */
  async watch({ url }) {
    await this.page.evaluate(
      (url) => document.querySelector('frame-inspector').watch(url),
      url
    );
  }

  /** Waits for what the line at the top says of what is open. */
  sourceReads(pattern) {
    return this.reads('fw-toolbar .source', pattern);
  }

  /** Exports by the dialog; returns the file's name and bytes. */
  async export(format, choose = () => {}) {
    await this.page
      .getByRole('button', { name: 'Export', exact: true })
      .click();
    const dialog = this.page.locator('fw-export-dialog');
    await dialog.locator(`input[value=${format}]`).check();
    await choose(dialog);
    const download = this.page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save file' }).click();
    const file = await download;
    const chunks = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk);
    return { name: file.suggestedFilename(), bytes: Buffer.concat(chunks) };
  }
}

/** The bytes in a hex export, without the headings between them. */
export function byteLines({ bytes }) {
  return bytes
    .toString()
    .split('\n')
    .filter((line) => /^[0-9a-f]{2}( |$)/.test(line));
}
