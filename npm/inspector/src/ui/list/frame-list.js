import { LitElement, html, nothing } from 'lit';

import { count } from '../../model/format.js';
import { skipPrefixes } from '../../model/prefixes.js';
import { Columns, cells, choices, heads, template } from './columns.js';
import { frameListStyles } from './frame-list-styles.js';
import { icon } from '../parts/icons.js';
import { VirtualRows } from '../parts/virtual-rows.js';

const ROW_HEIGHT = 26;
const PAGE_LEN = 128;
const MAX_PAGES = 40;
/** A list this wide shows only what matters most, in px. */
const SMALL_WIDTH = 520;

/**
 * The frames of the current view, however many.
 *
 * `view` is `{ version, count, evicted, frames }`: a new version forgets all
 * rows, `evicted` rows left the front, `frames` is the highest number shown. `readRows(
 * start, count)` promises `{ start, rows }`. Fires `choose-frame` with `{ row,
 * isPointed }`, counted like `selected` from the first row that ever was, `sort` with
 * `{ column }`, and `follow` with `{ follow }` when the reader scrolls to the end or away from it.
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
    /** What the rows are sorted by, `{ column, isDescending }`, or null. */
    sort: { attribute: false },
    canSort: { type: Boolean },
    /** What the filter looks for, a regular expression or null. */
    needles: { attribute: false },
    follow: { type: Boolean }
  };

  static styles = frameListStyles;

  #rows = new VirtualRows(this, ROW_HEIGHT, (isDown) => this.#onReader(isDown));
  #pages = new Map();
  #isReading = false;
  #columns = new Columns();
  #isSmall = false;
  #resizes = new ResizeObserver(([{ contentRect }]) => {
    const isSmall = contentRect.width <= SMALL_WIDTH;
    if (isSmall === this.#isSmall) return;
    this.#isSmall = isSmall;
    this.requestUpdate();
  });

  constructor() {
    super();
    this.view = { version: 0, count: 0, evicted: 0, frames: 0 };
    this.empty = { text: '', actions: [] };
    this.readRows = null;
    this.selected = -1;
    this.reveals = 0;
    this.showsConn = this.canSort = false;
    this.sort = this.needles = null;
    this.follow = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#resizes.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  willUpdate(changed) {
    if (changed.has('view')) {
      const before = changed.get('view');
      const digits = count(this.view.frames).length;
      this.style.setProperty('--ids', `${Math.max(3, digits) * 7.3}px`);
      if (before?.version === this.view.version) this.#grow(before);
      else this.#pages.clear();
      // Last: fewer rows than before move only those after them.
      this.#rows.count = this.view.count;
    }
    // Whatever changed: it may be the room for the rows.
    if (this.follow) this.#rows.revealEnd();
    if (changed.has('reveals') && this.selected >= 0)
      this.#rows.reveal(this.#index);
  }

  /** Rows came after, or changed, and maybe some left the front. */
  #grow(before) {
    const gone = this.view.evicted - before.evicted;
    if (gone > 0) this.#rows.shift(gone);
    for (const page of this.#pages.values()) page.isStale = true;
  }

  render() {
    const names = this.#names;
    this.style.setProperty('--columns', template(names, this.#isSmall));
    this.toggleAttribute('small', this.#isSmall);
    return html`<div
        class="head"
        role=${this.canSort ? 'toolbar' : nothing}
        aria-label=${this.canSort ? 'Order of the frames' : nothing}
        aria-hidden=${this.canSort ? nothing : 'true'}
      >
        ${heads(names, this.sort, this.canSort ? this.#sortBy : null)}
      </div>
      <details class="choose" @keydown=${this.#onMenuKey}>
        <summary aria-label="Choose columns" title="Choose columns">
          ${icon('columns')}
        </summary>
        <div role="group" aria-label="Columns">
          ${choices(names, (name) => {
            this.#columns.toggle(name, names);
            this.requestUpdate();
          })}
        </div>
      </details>
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

  get #names() {
    return this.#columns.shown(this.showsConn, this.#isSmall);
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
      ${row ? cells(this.#names, row, this.#at(index - 1), this.needles) : waiting(index)}
    </div>`;
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
    skipPrefixes(rows);
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

  #sortBy = (column) =>
    this.dispatchEvent(new CustomEvent('sort', { detail: { column } }));

  #onMenuKey(event) {
    if (event.key !== 'Escape') return;
    event.currentTarget.open = false;
    event.currentTarget.querySelector('summary').focus();
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
      End: last,
      Enter: at
    }[event.key];
    if (to === undefined || last < 0 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    // Enter goes to what is selected, as pointing at it does.
    this.#choose(Math.min(Math.max(0, to), last), event.key === 'Enter');
  }
}

function waiting(index) {
  return html`<span class="number mono waiting" role="gridcell"
      >${count(index + 1)}</span
    ><span class="waiting" role="gridcell">…</span>`;
}

customElements.define('fw-frame-list', FrameList);
