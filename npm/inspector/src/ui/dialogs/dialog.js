import { LitElement, css, html } from 'lit';

import { dialogStyles } from './dialog-styles.js';
import { icon } from '../parts/icons.js';
import { basics } from '../parts/theme.js';

/**
 * A dialog of the page. Fires `done` with what was entered.
 */
export class Dialog extends LitElement {
  static styles = [
    basics,
    dialogStyles,
    css`
      label.line {
        display: flex;
        flex-direction: column;
        gap: 4px;
      }
      fieldset {
        display: flex;
        flex-direction: column;
        gap: 6px;
        margin: 0;
        padding: 8px 12px 10px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      legend {
        padding: 0 4px;
        font-weight: 600;
      }
      .choice {
        display: flex;
        gap: 8px;
        align-items: baseline;
      }
      .keys {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 5px 18px;
      }
      kbd {
        padding: 1px 5px;
        border: 1px solid var(--line-strong);
        border-bottom-width: 2px;
        border-radius: 4px;
        background: var(--raised);
        font: 12px var(--mono);
      }
    `
  ];

  show() {
    const dialog = this.renderRoot.querySelector('dialog');
    if (!dialog.open) dialog.showModal();
  }

  close() {
    this.renderRoot.querySelector('dialog').close();
  }

  render() {
    return html`<dialog aria-labelledby="title">
      <div class="head">
        <h2 id="title">${this.heading}</h2>
        <button
          class="button icon"
          aria-label="Close"
          @click=${() => this.close()}
        >
          ${icon('close')}
        </button>
      </div>
      <form
        class="compose"
        @submit=${(event) => {
          event.preventDefault();
          this.close();
          this.done(new FormData(event.target));
        }}
      >
        ${this.body()}
      </form>
    </dialog>`;
  }

  done() {}

  tell(detail) {
    this.dispatchEvent(new CustomEvent('done', { detail }));
  }
}
