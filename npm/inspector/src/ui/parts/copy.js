import { LitElement, html } from 'lit';

import { bytes } from '../../model/format.js';
import { icon } from './icons.js';
import { basics } from './theme.js';

/** How long the button says that it has copied, in ms. */
const SAID_MS = 1500;
/** No clipboard is for more bytes than these; they can be saved. */
export const MAX_COPIED = 4 * 1024 * 1024;

/** Puts a text on the clipboard, also where a page may not use the new way. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const put = (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      event.clipboardData.setData('text/plain', text);
    };
    document.addEventListener('copy', put, { capture: true });
    document.execCommand('copy');
    document.removeEventListener('copy', put, { capture: true });
  }
}

/** Whether keys ask for a copy, and no text is selected that is meant. */
export function asksForCopy(event) {
  return (
    event.key === 'c' &&
    (event.ctrlKey || event.metaKey) &&
    document.getSelection().isCollapsed
  );
}

/** A button that copies what `text()` promises. */
export class CopyButton extends LitElement {
  static properties = {
    text: { attribute: false },
    /** What is copied, for its name. */
    what: { type: String },
    /** How much there is to copy, in bytes. */
    len: { type: Number },
    isDone: { state: true }
  };

  static styles = [basics];

  constructor() {
    super();
    this.text = null;
    this.what = '';
    this.len = 0;
    this.isDone = false;
  }

  render() {
    const isLong = this.len > MAX_COPIED;
    return html`<button
        class="button"
        title=${isLong ? `More than ${bytes(MAX_COPIED)}` : `Copy ${this.what}`}
        ?disabled=${isLong}
        @click=${this.#copy}
      >
        ${icon('paste')}${this.isDone ? 'Copied' : 'Copy'}
      </button>
      <span class="sr" role="status">${this.isDone ? 'Copied' : ''}</span>`;
  }

  async #copy() {
    await copyText(await this.text());
    this.isDone = true;
    setTimeout(() => (this.isDone = false), SAID_MS);
  }
}

customElements.define('fw-copy-button', CopyButton);
