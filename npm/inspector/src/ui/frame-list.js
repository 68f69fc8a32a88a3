import { LitElement, css, html, nothing } from 'lit';

import { clock, count, plural, shortLen } from '../model/format.js';
import { opcodeInfo } from '../model/opcodes.js';
import { severityMark } from './findings.js';
import { listStyles } from './list-styles.js';
import { VirtualRows } from './virtual-rows.js';

const ROW_HEIGHT = 26;
const PAGE_LEN = 128;
const MAX_PAGES = 40;

/**
 * The frames of the current view, however many.
 *
 * `view` is `{ version, count, evicted, frames }`: a new version forgets all
 * rows, `evicted` rows left the front, `frames` is the highest number shown. `readRows(
 * start, count)` promises `{ start, rows }`. Fires `choose-frame` with `{ row,
 * isPointed }`, counted like `selected` from the first row that ever was, and `follow` with
 * `{ follow }` when the reader scrolls to the end or away from it.
 */
export class FrameList extends LitElement {
  static properties = {
    view: { attribute: false },
    /** What it says without any row: `{ text, actions }`. */
    empty: { attribute: false },
    readRows: { attribute: false },
    selected: { type: Number },
    /** A new number brings the selected row into sight. */
    reveals: { type: Number },
    showsConn: { type: Boolean },
    follow: { type: Boolean }
  };

  static styles = [
    listStyles,
    css`
      :host {
        container-type: inline-size;
        --columns: var(--ids) 58px 72px 54px 46px 56px minmax(90px, 1fr) 18px;
      }
      :host([showsconn]) {
        --columns: var(--ids) 58px 32px 72px 54px 46px 56px minmax(80px, 1fr)
          18px;
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
      .empty .button {
        margin: 10px 3px 0;
        color: var(--text);
      }
      @container (max-width: 520px) {
        .head,
        .row {
          grid-template-columns:
            var(--ids) 70px 54px 46px minmax(60px, 1fr)
            18px;
        }
        .time,
        .flags-cell,
        .conn {
          display: none;
        }
      }
    `
  ];

  #rows = new VirtualRows(this, ROW_HEIGHT, (isDown) => this.#onReader(isDown));
  #pages = new Map();
  #isReading = false;

  constructor() {
    super();
    this.view = { version: 0, count: 0, evicted: 0, frames: 0 };
    this.empty = { text: '', actions: [] };
    this.readRows = null;
    this.selected = -1;
    this.reveals = 0;
    this.showsConn = false;
    this.follow = false;
  }

  willUpdate(changed) {
    if (changed.has('view')) {
      const before = changed.get('view');
      const digits = count(this.view.frames).length;
      this.style.setProperty('--ids', `${Math.max(3, digits) * 7.3}px`);
      if (before?.version === this.view.version) this.#grow(before);
      else this.#pages.clear();
      // Last: fewer rows than before move only who is behind them.
      this.#rows.count = this.view.count;
    }
    // Whatever changed: it may be the room for the rows.
    if (this.follow) this.#rows.revealEnd();
    if (changed.has('reveals') && this.selected >= 0)
      this.#rows.reveal(this.#index);
  }

  /** Rows came behind, or changed, and maybe some left the front. */
  #grow(before) {
    const gone = this.view.evicted - before.evicted;
    if (gone > 0) this.#rows.shift(gone);
    for (const page of this.#pages.values()) page.isStale = true;
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
      ${this.view.count === 0 ? this.#empty() : nothing}
      <div
        class="scroller"
        ${this.#rows.attach()}
        role="grid"
        tabindex="0"
        aria-label="Frames"
        aria-rowcount=${this.view.count}
        aria-activedescendant=${this.#rows.has(this.#index) ? 'chosen' : nothing}
        @keydown=${this.#onKey}
        @click=${this.#onClick}
      >
        ${this.#rows.render((index) => this.#row(index))}
      </div>`;
  }

  #empty() {
    const { text, actions } = this.empty;
    return html`<div class="empty">
      <p role="status">${text}</p>
      ${actions.map(
        ([action, label]) =>
          html`<button
            class="button"
            @click=${() =>
              this.dispatchEvent(
                new CustomEvent('action', { detail: { action } })
              )}
          >
            ${label}
          </button>`
      )}
    </div>`;
  }

  updated() {
    this.#read();
  }

  focus() {
    this.#rows.focus();
  }

  /** The selected row's place in the list. */
  get #index() {
    return this.selected < 0 ? -1 : this.selected - this.view.evicted;
  }

  #row(index) {
    const row = this.#at(index);
    const isSelected = index === this.#index;
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

  /** Rows are kept by the number they had first, which evictions leave. */
  #at(index) {
    const row = index + this.view.evicted;
    const page = this.#pages.get(Math.floor(row / PAGE_LEN));
    return page?.rows[row - page.start];
  }

  /** Reads one page that is in sight; the next when it is there. */
  async #read() {
    if (this.#isReading || !this.readRows) return;
    const number = this.#wantedPage();
    if (number === undefined) return;
    this.#isReading = true;
    const { version } = this.view;
    try {
      const page = await this.readRows(number * PAGE_LEN, PAGE_LEN);
      if (page && version === this.view.version) this.#keep(number, page);
    } finally {
      this.#isReading = false;
      this.requestUpdate();
    }
  }

  /** A page in sight that isn't there or may have changed. */
  #wantedPage() {
    const [first, end] = this.#rows.range;
    const { evicted } = this.view;
    const from = Math.floor((first + evicted) / PAGE_LEN);
    for (let number = from; number * PAGE_LEN < end + evicted; number++) {
      const page = this.#pages.get(number);
      if (!page || page.isStale) return number;
    }
    return undefined;
  }

  #keep(number, { start, rows }) {
    this.#pages.delete(number);
    if (this.#pages.size >= MAX_PAGES)
      this.#pages.delete(this.#pages.keys().next().value);
    this.#pages.set(number, { start, rows, isStale: false });
  }

  /** Who scrolls up wants to read there; at the end, to see what comes. */
  #onReader(isDown) {
    const follow = isDown && this.#rows.atEnd;
    if (follow === this.follow || (isDown && !follow)) return;
    // At once: an update before the answer would go back to the end.
    this.follow = follow;
    this.dispatchEvent(new CustomEvent('follow', { detail: { follow } }));
  }

  #onClick(event) {
    const row = event.target.closest('.row');
    if (row) this.#choose(Number(row.dataset.index), true);
  }

  #choose(index, isPointed = false) {
    this.dispatchEvent(
      new CustomEvent('choose-frame', {
        detail: { row: index + this.view.evicted, isPointed }
      })
    );
  }

  #onKey(event) {
    const last = this.view.count - 1;
    const at = this.#index;
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
