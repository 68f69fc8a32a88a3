import { LitElement, css, html, nothing } from 'lit';

import { count, bytes, plural } from '../../model/format.js';
import { severityMark } from '../parts/findings.js';
import { listStyles } from '../parts/list-styles.js';
import { VirtualRows } from '../parts/virtual-rows.js';

const ROW_HEIGHT = 62;

/**
 * The connections; the first row stands for all of them.
 *
 * Fires `choose-conn` with the connection's number, or null for all.
 */
export class ConnectionList extends LitElement {
  static properties = {
    connections: { attribute: false },
    /** Of all connections. */
    frames: { type: Number },
    selected: { attribute: false }
  };

  static styles = [
    listStyles,
    css`
      .scroller {
        flex: 1;
      }
      .conn {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 1px 8px;
        align-content: center;
        height: 62px;
        padding: 4px 10px;
        border-bottom: 1px solid var(--line);
        border-left: 3px solid transparent;
        cursor: default;
      }
      .conn:hover {
        background: var(--hover);
      }
      .conn[aria-selected='true'] {
        background: var(--selected);
        border-left-color: var(--selected-line);
      }
      .name {
        overflow: hidden;
        font-weight: 600;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .detail {
        overflow: hidden;
        color: var(--muted);
        font-size: 12px;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .wide {
        grid-column: 1 / -1;
      }
      .marks {
        display: inline-flex;
        gap: 6px;
      }
      .tally {
        display: inline-flex;
        gap: 3px;
        align-items: center;
        font-size: 12px;
        font-weight: 600;
      }
    `
  ];

  #rows = new VirtualRows(this, ROW_HEIGHT);

  constructor() {
    super();
    this.connections = [];
    this.frames = 0;
    this.selected = null;
  }

  willUpdate() {
    this.#rows.count =
      this.connections.length > 0 ? this.connections.length + 1 : 0;
  }

  render() {
    return html`<div
      class="scroller"
      ${this.#rows.attach()}
      role="listbox"
      tabindex="0"
      aria-label="Connections"
      aria-activedescendant=${this.#rows.has(this.#index) ? 'chosen' : nothing}
      @keydown=${this.#onKey}
      @click=${this.#onClick}
    >
      ${this.#rows.render((index) =>
        index === 0 ? this.#all() : this.#conn(this.connections[index - 1])
      )}
    </div>`;
  }

  #all() {
    const isSelected = this.selected === null;
    return html`<div
      class="conn"
      role="option"
      id=${isSelected ? 'chosen' : nothing}
      aria-selected=${isSelected}
      data-id=""
    >
      <span class="name">All connections</span>
      <span class="muted">${count(this.connections.length)}</span>
      <span class="detail wide"
        >${plural(this.frames, 'frame')} · ${bytes(this.#bytes())}</span
      >
    </div>`;
  }

  /** The selected row: connections are numbered as they come. */
  get #index() {
    return this.selected === null ? 0 : this.selected + 1;
  }

  #bytes() {
    return this.connections.reduce((sum, conn) => sum + conn.bytes, 0);
  }

  #conn(conn) {
    const [, scheme, name] = split(conn);
    const isSelected = this.selected === conn.id;
    const [up, down] = conn.frames;
    return html`<div
      class="conn"
      role="option"
      id=${isSelected ? 'chosen' : nothing}
      aria-selected=${isSelected}
      data-id=${conn.id}
    >
      <span class="name" title=${name}>${name}</span>
      <span class="marks"
        >${['error', 'warning'].map((severity) =>
          tally(severity, conn.findings[severity])
        )}</span
      >
      <span class="detail wide">#${conn.id} · ${scheme}${conn.state}</span>
      <span class="detail wide"
        >▲ ${count(up)} ▼ ${count(down)} ·
        ${bytes(conn.bytes)}${
          conn.deflate
            ? html` · <abbr title=${conn.deflate}>deflate</abbr>`
            : nothing
        }</span
      >
    </div>`;
  }

  #choose(id) {
    this.dispatchEvent(new CustomEvent('choose-conn', { detail: { id } }));
  }

  #onClick(event) {
    const row = event.target.closest('.conn');
    if (row) this.#choose(row.dataset.id === '' ? null : +row.dataset.id);
  }

  #onKey(event) {
    const last = this.connections.length;
    const to = {
      ArrowDown: this.#index + 1,
      ArrowUp: this.#index - 1,
      Home: 0,
      End: last
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const index = Math.min(Math.max(0, to), last);
    this.#rows.reveal(index);
    this.#choose(index === 0 ? null : index - 1);
  }
}

/** The URL's scheme and the rest: the rest is what tells them apart. */
function split({ id, url }) {
  const parts = /^(\w+):\/\/(.*)$/.exec(url ?? '');
  return parts
    ? [url, `${parts[1]} · `, parts[2]]
    : [url, '', url ?? `Connection ${id}`];
}

function tally(severity, number) {
  if (!number) return nothing;
  return html`<span class="tally ${severity}"
    >${severityMark(severity)}${count(number)}</span
  >`;
}

customElements.define('fw-connection-list', ConnectionList);
