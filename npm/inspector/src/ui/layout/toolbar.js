import { LitElement, css, html, nothing } from 'lit';

import { isLive } from '../../model/names/states.js';
import { icon } from '../parts/icons.js';
import { basics } from '../parts/theme.js';

/**
 * The line at the top: what is open, and what can be done. Fires `action`
 * with a name: open, paste, live, stop, reconnect, export, theme, help.
 */
export class Toolbar extends LitElement {
  static properties = {
    /** `{ name, detail, read, notes, live }` of what is open. */
    source: { attribute: false },
    isOpen: { state: true }
  };

  static styles = [
    basics,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 8px;
        align-items: center;
        padding: 7px 12px;
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }
      h1 {
        display: flex;
        gap: 8px;
        align-items: center;
        margin: 0;
        font-size: 14px;
        font-weight: 650;
      }
      .logo {
        display: grid;
        grid-template-columns: 3px 3px 7px;
        gap: 2px;
        height: 16px;
      }
      .logo i {
        border-radius: 1px;
        background: var(--accent);
      }
      .logo i:nth-child(2) {
        opacity: 0.65;
      }
      .logo i:nth-child(3) {
        background: linear-gradient(
          var(--accent) 45%,
          transparent 45% 55%,
          color-mix(in srgb, var(--accent) 55%, transparent) 55%
        );
      }
      .source {
        display: flex;
        gap: 8px;
        align-items: baseline;
        flex: 1;
        min-width: 160px;
        margin-left: 10px;
        overflow: hidden;
        white-space: nowrap;
      }
      .source b {
        font-weight: 600;
      }
      .source span {
        overflow: hidden;
        color: var(--muted);
        text-overflow: ellipsis;
      }
      .open {
        display: flex;
        gap: 8px;
        align-items: baseline;
        min-width: 0;
        padding: 3px 6px;
        border: 0;
        border-radius: var(--radius);
        background: none;
        overflow: hidden;
        cursor: pointer;
      }
      .open::after {
        content: '▾' / '';
        color: var(--muted);
      }
      .open[aria-expanded='true']::after {
        content: '▴' / '';
      }
      .open:hover {
        background: var(--hover);
      }
      .notes {
        order: 4;
        flex-basis: 100%;
        max-height: 30cqh;
        padding: 4px 2px;
        overflow: auto;
        overflow-wrap: anywhere;
      }
      .source .live {
        flex: none;
        padding: 0 7px;
        border: 1px solid currentColor;
        border-radius: 10px;
        color: var(--ok);
        font-size: 12px;
        font-weight: 600;
      }
      .source .live.is-failed {
        color: var(--error);
      }
      .actions {
        display: flex;
        gap: 6px;
      }
      :host([tight]) {
        flex-wrap: nowrap;
        padding: 5px 8px;
      }
      :host([tight][notes]) {
        flex-wrap: wrap;
      }
      :host([tight]) h1 {
        position: absolute;
        clip-path: inset(50%);
      }
      :host([tight]) .label {
        display: none;
      }
      :host([tight]) .actions {
        gap: 3px;
      }
      :host([tight]) .actions .button {
        width: 30px;
        padding: 0;
        justify-content: center;
      }
      :host([tight]) .source {
        min-width: 0;
        margin-left: 0;
      }
      :host([tight]) .source b {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      :host([tight]) .open > span {
        display: none;
      }
    `
  ];

  constructor() {
    super();
    this.source = null;
    this.isOpen = false;
  }

  willUpdate(changed) {
    const before = changed.get('source');
    if (before && before.name !== this.source?.name) this.isOpen = false;
    this.toggleAttribute('notes', this.isOpen);
  }

  render() {
    const { name = '', detail = '', live = null } = this.source ?? {};
    return html`
      <h1>
        <span class="logo" aria-hidden="true"><i></i><i></i><i></i></span>
        Frame inspector
      </h1>
      <div class="source" role="status">
        ${
          live
            ? html`<span class="live is-${live.state}"
                >${liveText(live.state)}</span
              >`
            : nothing
        }
        ${
          detail === ''
            ? html`<b>${name}</b>`
            : html`<button
                class="open"
                title=${this.isOpen ? 'Hide the notes' : 'Show all notes'}
                aria-expanded=${this.isOpen}
                @click=${() => (this.isOpen = !this.isOpen)}
              >
                <b>${name}</b><span>${detail}</span>
              </button>`
        }
      </div>
      <div class="actions">
        ${action('open', 'Open file', 'o')} ${action('paste', 'Paste', 'v')}
        ${live && !isLive(live) ? action('reconnect', 'Reconnect', '', 'live') : nothing}
        ${
          isLive(live)
            ? action('stop', 'Disconnect', '')
            : action('live', 'Live', 'l', 'live')
        }
        ${action('export', 'Export', 'e', 'save')}
        ${small('theme', 'Change between light and dark')}
        ${small('help', 'Help and keys')}
      </div>
      ${this.isOpen && detail !== '' ? this.#notes() : nothing}
    `;

    function action(id, label, key, picture = id) {
      return html`<button
        class="button"
        aria-label=${label}
        title=${key ? `${label} (${key})` : label}
        data-action=${id}
        @click=${choose}
      >
        ${icon(picture)}<span class="label">${label}</span>
      </button>`;
    }

    function small(id, label) {
      return html`<button
        class="button icon"
        aria-label=${label}
        title=${label}
        data-action=${id}
        @click=${choose}
      >
        ${icon(id)}
      </button>`;
    }

    function choose({ currentTarget }) {
      currentTarget.dispatchEvent(
        new CustomEvent('action', {
          bubbles: true,
          composed: true,
          detail: { action: currentTarget.dataset.action }
        })
      );
    }
  }

  #notes() {
    const { detail, read, notes } = this.source;
    return html`<ul class="notes" aria-label="Notes on what is open">
      ${(read ? [...read, ...notes] : [detail]).map(
        (note) => html`<li>${note}</li>`
      )}
    </ul>`;
  }
}

function liveText(state) {
  return {
    connecting: '◌ connecting',
    open: '● live',
    ended: '■ ended',
    failed: '✕ failed'
  }[state];
}

customElements.define('fw-toolbar', Toolbar);
