import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { violations } from '../support/axe.mjs';
import { InspectorPage } from '../support/page.mjs';

/** For people to look at: where it is set, pictures are saved there. */
const { PICTURES } = process.env;

/** As many tabs as anything may be away. */
const FAR = 120;

/** Somebody before the inspector's page who has only a keyboard. */
export class Person {
  #name;

  static async at(t, look, name) {
    const self = new Person();
    self.#name = name;
    self.inspector = await InspectorPage.open(look);
    t.after(() => self.inspector.close());
    self.page = self.inspector.page;
    // Else each wait would begin to catch them, maybe too late.
    self.page.on('filechooser', () => {});
    await self.page.evaluate(() => {});
    return self;
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  type(text) {
    return this.page.keyboard.type(text);
  }

  /** Opens files by the key for that, and by the dialog that comes. */
  async open(...files) {
    await this.#choose(() => this.press('o'), files);
  }

  /** Opens files by the control that has the focus. */
  async openByFocus(...files) {
    await this.#choose(() => this.press('Enter'), files);
  }

  async #choose(ask, files) {
    const [chooser] = await Promise.all([
      this.page.waitForEvent('filechooser'),
      ask()
    ]);
    await chooser.setFiles(
      files.map(([name, buffer]) => ({
        name,
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(buffer)
      }))
    );
  }

  /** Filters, and goes on to what is found. */
  async filter(query) {
    await this.press('/');
    await this.type(query);
    await this.press('Enter');
    await this.press('ArrowDown');
  }

  /** Goes to the list and presses these, then Enter to see what is chosen. */
  async choose(...keys) {
    await this.press('g');
    for (const key of keys) await this.press(key);
    await this.press('Enter');
  }

  /** Presses Tab until this has the focus. */
  async tabTo(locator) {
    await locator.waitFor();
    for (let presses = 0; presses < FAR; presses++) {
      if (await this.hasFocus(locator)) return;
      await this.press('Tab');
    }
    assert.fail(`${locator} can't be reached by Tab`);
  }

  hasFocus(locator) {
    return locator.evaluate(
      (element) => element.getRootNode().activeElement === element
    );
  }

  /** What stands in the tree of the message, without scrolling. */
  async sees(row) {
    const item = this.page.getByRole('treeitem', { name: row }).first();
    await item.waitFor();
    await this.page.waitForFunction(isInSight, await item.elementHandle());
  }

  /** Nothing is wrong with what is shown, in both themes. */
  async looks(at = 'end') {
    const { inspector, page } = this;
    for (const theme of ['light', 'dark']) {
      await page.evaluate((theme) => {
        document.querySelector('frame-inspector').theme = theme;
      }, theme);
      if (PICTURES) await this.#picture(`${at}-${theme}`);
      assert.deepEqual(await violations(page), [], `${at}, ${theme}`);
      assert.deepEqual(await page.evaluate(sticksOut), [], `${at}, ${theme}`);
    }
    assert.deepEqual(inspector.complaints, []);
  }

  #picture(name) {
    mkdirSync(PICTURES, { recursive: true });
    const path = join(PICTURES, `${this.#name}-${name}.png`);
    return this.page.screenshot({ path });
  }
}

/** Runs in the page: whether where an element begins is not cut off or covered. */
function isInSight(element) {
  const { left, top } = element.getBoundingClientRect();
  const there = element.getRootNode().elementFromPoint(left + 40, top + 8);
  return element.contains(there);
}

/** Runs in the page: which controls and texts are not wholly on the screen, sideways. */
function sticksOut() {
  const { shadowRoot } = document.querySelector('frame-inspector');
  const found = [];
  const visit = (root) => {
    for (const node of root.querySelectorAll('*')) {
      const { left, right, width } = node.getBoundingClientRect();
      if (node.shadowRoot) visit(node.shadowRoot);
      if (!node.matches('button, input, select, h2, .notice, .live')) continue;
      if (!node.checkVisibility()) continue;
      if (width > 1 && (left < -0.5 || right > innerWidth + 0.5))
        found.push(node.outerHTML.slice(0, 200));
    }
  };
  visit(shadowRoot);
  return found;
}
