import { LitElement, css, html, nothing } from 'lit';

import { clock, count, plural, shortLen } from '../model/format.js';
import { opcodeInfo } from '../model/opcodes.js';
import { findingStyles, severityMark } from './findings.js';
import { basics } from './theme.js';
import { VirtualRows, virtualRowsStyles } from './virtual-rows.js';

const ROW_HEIGHT = 26;
const PAGE_LEN = 128;
const MAX_PAGES = 40;

/**
 * The frames of the current view, however many.
 *
 * `view` is `{ version, count }`; a new version forgets all rows. `readRows(
 * start, count)` promises rows. Fires `choose-frame` with `{ index, id }`.
 */
export class FrameList extends LitElement {
  static properties = {
    view: { attribute: false },
    readRows: { attribute: false },
    selected: { type: Number },
    showsConn: { type: Boolean },
    follow: { type: Boolean }
  };

  static styles = [
    basics,
    virtualRowsStyles,
    findingStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        container-type: inline-size;
        --columns: 52px 64px 76px 58px 52px 64px minmax(90px, 1fr) 20px;
      }
      :host([showsconn]) {
        --columns: 52px 64px 34px 76px 58px 52px 64px minmax(80px, 1fr) 20px;
      }
      .head,
      .row {
        display: grid;
        grid-template-columns: var(--columns);
        align-items: center;
        column-gap: 8px;
        padding: 0 10px;
      }
      .head {
        min-height: 28px;
        overflow: hidden;
        scrollbar-gutter: stable;
        border-bottom: 1px solid var(--line);
        background: var(--raised);
        color: var(--muted);
        font-size: 12px;
        font-weight: 600;
      }
      .scroller {
        flex: 1;
        scrollbar-gutter: stable;
        background: var(--surface);
      }
      .row {
        height: 26px;
        border-bottom: 1px solid
          color-mix(in srgb, var(--line) 55%, transparent);
        border-left: 3px solid transparent;
        cursor: default;
      }
      .head {
        border-left: 3px solid transparent;
      }
      .row > * {
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
      .row:hover {
        background: var(--hover);
      }
      .row[aria-selected='true'] {
        background: var(--selected);
        border-left-color: var(--selected-line);
      }
      .number {
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      .from {
        font-weight: 550;
      }
      .client {
        color: var(--out);
      }
      .server {
        color: var(--in);
      }
      .chip {
        display: inline-block;
        min-width: 50px;
        padding: 0 5px;
        border-radius: 4px;
        font: 650 11px/17px var(--mono);
        text-align: center;
        border: 1px solid currentColor;
      }
      .data {
        color: var(--opcode);
        background: var(--opcode-bg);
      }
      .control {
        color: var(--mask);
        background: var(--mask-bg);
        border-style: dashed;
      }
      .close,
      .reserved {
        color: var(--close);
        background: var(--close-bg);
        border-style: double;
        border-width: 1px 3px;
      }
      .flags {
        font: 11px/1 var(--mono);
        letter-spacing: 1px;
      }
      .flags .off {
        color: var(--muted);
        opacity: 0.55;
      }
      .preview.binary {
        color: var(--muted);
      }
      .waiting {
        color: var(--muted);
      }
      @container (max-width: 520px) {
        .head,
        .row {
          grid-template-columns: 46px 78px 58px 62px minmax(60px, 1fr) 22px;
        }
        .time,
        .flags-cell,
        .conn {
          display: none;
        }
      }
    `
  ];

  #rows = new VirtualRows(this, ROW_HEIGHT);
  #pages = new Map();
  #isReading = false;

  constructor() {
    super();
    this.view = { version: 0, count: 0 };
    this.readRows = null;
    this.selected = -1;
    this.showsConn = false;
    this.follow = false;
  }

  willUpdate(changed) {
    if (changed.has('view')) {
      const before = changed.get('view');
      this.#rows.count = this.view.count;
      if (before?.version !== this.view.version) {
        this.#pages.clear();
        if (this.selected < 0) this.#rows.revealStart();
      } else this.#grow(before);
      if (this.follow) this.#rows.revealEnd();
    }
    if (changed.has('follow') && this.follow) this.#rows.revealEnd();
    if (changed.has('selected') && this.selected >= 0)
      this.#rows.reveal(this.selected);
  }

  /** Rows came behind, and maybe left the front. */
  #grow(before) {
    const gone = this.view.evicted - before.evicted;
    if (gone > 0) {
      this.#pages.clear();
      this.#rows.shift(gone);
    }
    // The last page may have been read before it was full.
    this.#pages.delete(Math.floor(before.count / PAGE_LEN));
  }

  render() {
    const cells = [
      ['#', 'number'],
      ['Time (s)', 'number time'],
      ...(this.showsConn ? [['Conn', 'number conn']] : []),
      ['From', ''],
      ['Opcode', ''],
      ['Flags', 'flags-cell'],
      ['Octets', 'number'],
      ['Payload', ''],
      ['', '']
    ];
    return html`<div class="head" aria-hidden="true">
        ${cells.map(([name, kind]) => html`<span class=${kind}>${name}</span>`)}
      </div>
      <div
        class="scroller"
        ${this.#rows.attach()}
        role="grid"
        tabindex="0"
        aria-label="Frames"
        aria-rowcount=${this.view.count}
        aria-activedescendant=${this.selected >= 0 ? 'chosen' : nothing}
        @keydown=${this.#onKey}
        @click=${this.#onClick}
      >
        ${this.#rows.render((index) => this.#row(index))}
      </div>`;
  }

  updated() {
    this.#read();
  }

  focus() {
    this.#rows.focus();
  }

  #row(index) {
    const row = this.#at(index);
    const isSelected = index === this.selected;
    return html`<div
      class="row"
      role="row"
      id=${isSelected ? 'chosen' : nothing}
      aria-rowindex=${index + 1}
      aria-selected=${isSelected}
      data-index=${index}
    >
      ${row ? this.#cells(row) : waiting(index)}
    </div>`;
  }

  #cells(row) {
    const { name, short, group } = opcodeInfo(row.opcode);
    const from = row.toClient ? 'server' : 'client';
    return html`<span class="number mono muted" role="gridcell"
        >${count(row.id + 1)}</span
      >
      <span class="number mono time" role="gridcell">${clock(row.time)}</span>
      ${
        this.showsConn
          ? html`<span class="number mono conn" role="gridcell"
              >${row.conn}</span
            >`
          : nothing
      }
      <span class="from ${from}" role="gridcell"
        >${row.toClient ? '▼' : '▲'} ${from}</span
      >
      <span role="gridcell"
        ><span class="chip ${group}" title=${name}>${short}</span></span
      >
      <span class="flags flags-cell" role="gridcell">${flags(row)}</span>
      <span
        class="number mono"
        role="gridcell"
        title=${plural(row.payloadLen, 'octet')}
        >${shortLen(row.payloadLen)}</span
      >
      <span
        class="mono preview ${row.isText ? 'text' : 'binary'}"
        role="gridcell"
        >${row.preview}</span
      >
      <span role="gridcell"
        >${row.severity ? severityMark(row.severity) : nothing}</span
      >`;
  }

  #at(index) {
    return this.#pages.get(Math.floor(index / PAGE_LEN))?.[index % PAGE_LEN];
  }

  /** Reads one page that is in sight; the next when it is there. */
  async #read() {
    if (this.#isReading || !this.readRows) return;
    const page = this.#missingPage();
    if (page === undefined) return;
    this.#isReading = true;
    const { version } = this.view;
    try {
      const rows = await this.readRows(page * PAGE_LEN, PAGE_LEN);
      if (rows && version === this.view.version) this.#keep(page, rows);
    } finally {
      this.#isReading = false;
      this.requestUpdate();
    }
  }

  #missingPage() {
    const [first, end] = this.#rows.range;
    for (let index = first; index < end; index += 1) {
      const page = Math.floor(index / PAGE_LEN);
      const rows = this.#pages.get(page);
      if (!rows || rows.length <= index % PAGE_LEN) return page;
    }
    return undefined;
  }

  #keep(page, rows) {
    this.#pages.delete(page);
    if (this.#pages.size >= MAX_PAGES)
      this.#pages.delete(this.#pages.keys().next().value);
    this.#pages.set(page, rows);
  }

  #onClick(event) {
    const row = event.target.closest('.row');
    if (row) this.#choose(Number(row.dataset.index));
  }

  #choose(index) {
    this.dispatchEvent(
      new CustomEvent('choose-frame', {
        detail: { index, id: this.#at(index)?.id }
      })
    );
  }

  #onKey(event) {
    const last = this.view.count - 1;
    const at = this.selected;
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + this.#rows.page,
      PageUp: at - this.#rows.page,
      Home: 0,
      End: last
    }[event.key];
    if (to === undefined || last < 0 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#choose(Math.min(Math.max(0, to), last));
  }
}

const FLAG_NAMES = ['FIN', 'RSV1', 'RSV2', 'RSV3', 'MASK'];
const FLAG_LETTERS = 'F123M';

/** Five letters, a dot for each that is clear; in words for a reader. */
function flags({ flags: bits }) {
  const set = FLAG_NAMES.filter((_, index) => bits & (1 << index));
  const words = set.join(', ') || 'no flags';
  return html`<span role="img" aria-label=${words} title=${words}
    >${Array.from(FLAG_LETTERS, (letter, index) =>
      bits & (1 << index) ? letter : html`<span class="off">·</span>`
    )}</span
  >`;
}

function waiting(index) {
  return html`<span class="number mono waiting" role="gridcell"
      >${count(index + 1)}</span
    ><span class="waiting" role="gridcell">…</span>`;
}

customElements.define('fw-frame-list', FrameList);
