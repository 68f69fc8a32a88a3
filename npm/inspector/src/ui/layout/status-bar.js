import { LitElement, css, html, nothing } from 'lit';

import { count, bytes, plural } from '../../model/format.js';
import { icon } from '../parts/icons.js';
import { basics } from '../parts/theme.js';

/**
 * The line at the bottom: how much there is, what was lost and why. Fires
 * `action`: follow, pause, keep.
 */
export class StatusBar extends LitElement {
  static properties = {
    status: { attribute: false },
    live: { attribute: false },
    follow: { type: Boolean },
    isPaused: { type: Boolean },
    /** Frames that came while paused. */
    held: { type: Number },
    keepsAll: { type: Boolean }
  };

  static styles = [
    basics,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        align-items: center;
        min-height: 32px;
        padding: 2px 12px;
        border-top: 1px solid var(--line);
        background: var(--surface);
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      :host {
        container: bar / inline-size;
      }
      /* Another line would take a row of the list. */
      @container bar (max-width: 960px) {
        .idle {
          display: none;
        }
      }
      .lost {
        color: var(--warning);
        font-weight: 600;
      }
      .dropped {
        color: var(--error);
        font-weight: 600;
      }
      .space {
        flex: 1;
      }
      .button {
        min-height: 24px;
        padding: 0 8px;
        font-size: 12px;
      }
      .controls {
        display: flex;
        gap: 6px;
        align-items: center;
      }
      :host([tight]) {
        padding: 2px 8px;
        gap: 2px 10px;
      }
      :host([tight]) :is(.label, .more) {
        display: none;
      }
    `
  ];

  render() {
    const { status, live } = this;
    if (!status) return nothing;
    const { dropped } = status;
    return html`
      <span>${plural(status.frames - status.cleared, 'frame')}</span>
      <span>${plural(status.connections.length, 'connection')}</span>
      <span class="more">${bytes(status.keptLen)} held</span>
      <span class="more">${plural(status.findings, 'finding')}</span>
      ${
        dropped.frames > 0
          ? html`<span class="lost"
              >! ${plural(dropped.frames, 'frame')} evicted</span
            >`
          : nothing
      }
      ${
        dropped.findings + dropped.connections > 0
          ? html`<span class="lost"
              >! not kept: ${plural(dropped.findings, 'finding')},
              ${plural(dropped.connections, 'connection')}</span
            >`
          : nothing
      }
      ${
        live
          ? html`<span class=${live.drops.chunks > 0 ? 'dropped' : 'more idle'}
              >${live.drops.chunks > 0 ? '✕ ' : ''}${count(live.drops.chunks)}
              chunks (${bytes(live.drops.bytes)}) dropped by the tap</span
            >`
          : nothing
      }
      <span class="space"></span>
      <div class="controls" role="group" aria-label="List">
        ${
          this.isPaused && this.held > 0
            ? html`<span>${count(this.held)} waiting</span>`
            : nothing
        }
        ${
          live
            ? html`${this.#toggle('pause', this.isPaused ? 'Resume' : 'Pause', this.isPaused, this.isPaused ? 'play' : 'pause')}
                ${this.#toggle('keep', 'Keep all', this.keepsAll, 'keep')}
                <button
                  class="button icon"
                  aria-label="Clear"
                  title="Clear the list"
                  @click=${() => this.#tell('clear')}
                >
                  ${icon('clear')}
                </button>`
            : nothing
        }
        ${this.#toggle('follow', 'Follow', this.follow, 'follow')}
      </div>
    `;
  }

  #toggle(action, label, isOn, picture) {
    return html`<button
      class="button"
      aria-pressed=${isOn}
      aria-label=${label}
      title=${label}
      @click=${() => this.#tell(action)}
    >
      ${icon(picture)}<span class="label">${label}</span>
    </button>`;
  }

  #tell(action) {
    this.dispatchEvent(new CustomEvent('action', { detail: { action } }));
  }
}

customElements.define('fw-status-bar', StatusBar);
