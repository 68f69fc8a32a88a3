import { LitElement, css, html } from 'lit';

import { marked, markedStyles } from '../parts/marked.js';
import { basics } from '../parts/theme.js';
import { VirtualRows, virtualRowsStyles } from '../parts/virtual-rows.js';

const ROW_HEIGHT = 18;
const PAGE_LEN = 200;
const MAX_PAGES = 20;

/**
 * A text of any length, by rows. `text` is `{ count, read(start, count) }`;
 * what it shows is never anything but text.
 */
export class TextView extends LitElement {
  static properties = {
    text: { attribute: false },
    /** What the filter looks for, a regular expression or null. */
    needles: { attribute: false }
  };

  static styles = [
    basics,
    virtualRowsStyles,
    markedStyles,
    css`
      :host {
        display: flex;
        min-height: 60px;
      }
      .scroller {
        flex: 1;
        padding: 0 10px;
      }
      .sight {
        min-width: max-content;
      }
      .row {
        height: 18px;
        font: 12px/18px var(--mono);
        white-space: pre;
        tab-size: 4;
        unicode-bidi: plaintext;
      }
    `
  ];

  #rows = new VirtualRows(this, ROW_HEIGHT);
  #pages = new Map();

  constructor() {
    super();
    this.text = { count: 0, read: null };
    this.needles = null;
  }

  willUpdate(changed) {
    if (!changed.has('text')) return;
    this.#pages.clear();
    this.#rows.count = this.text.count;
    this.#rows.revealStart();
  }

  render() {
    return html`<div
      class="scroller"
      ${this.#rows.attach()}
      role="group"
      tabindex="0"
      aria-label="Text of the message"
    >
      ${this.#rows.render(
        (index) =>
          html`<div class="row">
            ${marked(this.#line(index), this.needles)}
          </div>`
      )}
    </div>`;
  }

  #line(index) {
    const page = Math.floor(index / PAGE_LEN);
    const lines = this.#pages.get(page);
    if (lines === undefined) this.#fetch(page);
    return lines?.[index % PAGE_LEN] ?? '';
  }

  async #fetch(page) {
    const { text } = this;
    this.#pages.set(page, null);
    const lines = await text.read(page * PAGE_LEN, PAGE_LEN);
    if (text !== this.text) return;
    this.#pages.delete(page);
    if (this.#pages.size >= MAX_PAGES)
      this.#pages.delete(this.#pages.keys().next().value);
    this.#pages.set(page, lines);
    this.requestUpdate();
  }
}

customElements.define('fw-text-view', TextView);
