import { LitElement, html, nothing } from 'lit';

import { nameTerm } from '../../model/filter/value-term.js';
import { agentName } from '../../model/names/agent.js';
import { count, bytes, plural } from '../../model/format.js';
import { keep, kept } from '../../model/kept.js';
import { NO_CONTENT } from '../../model/no-content.js';
import { isCutOff, isOver } from '../../model/names/states.js';
import { addTerm } from '../parts/filter-button.js';
import { icon } from '../parts/icons.js';
import { severityMark } from '../parts/findings.js';
import { VirtualRows } from '../parts/virtual-rows.js';
import { connectionListStyles } from './connection-list-styles.js';

const ROW_HEIGHT = 78;

/**
 * The connections; the first row stands for all of them.
 *
 * Fires `choose-conn` with the connection's number, or null for all, and
 * `add-term` with `{ term }` for the filter.
 */
export class ConnectionList extends LitElement {
  static properties = {
    /** Tells captures apart: what is read of connections is forgotten with it. */
    capture: { attribute: false },
    connections: { attribute: false },
    /** What to say where there are none. */
    empty: {},
    /** Of all connections. */
    frames: { type: Number },
    selected: { attribute: false },
    /** Promises what tells a connection apart, by its number. */
    readAbout: { attribute: false },
    hidesOver: { state: true }
  };

  static styles = connectionListStyles;

  #rows = new VirtualRows(this, ROW_HEIGHT);
  /** Those that are shown. */
  #shown = [];
  /** By number: `{ about, frames }`, or `frames` alone while it is read. */
  #about = new Map();

  constructor() {
    super();
    this.capture = 0;
    this.connections = [];
    this.empty = '';
    this.frames = 0;
    this.selected = this.readAbout = null;
    this.hidesOver = kept('hides-over') === 'yes';
  }

  willUpdate(changed) {
    // Another capture's have the same numbers. An answer that comes later goes
    // into the map that was there when it was asked for.
    if (changed.has('capture')) this.#about = new Map();
    this.#shown = this.connections.filter(
      ({ id, state, isCleared }) =>
        id === this.selected ||
        (!isCleared && !(this.hidesOver && isOver(state)))
    );
    const hasAny = this.connections.some(({ isCleared }) => !isCleared);
    this.#rows.count = hasAny ? this.#shown.length + 1 : 0;
  }

  render() {
    return html`${this.#bar()}${this.connections.length === 0 ? html`<p class="empty">${this.empty}</p>` : nothing}
      <div
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
          index === 0 ? this.#all() : this.#conn(this.#shown[index - 1])
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
      <span class="muted"
        >${this.#shown.length < this.connections.length ? `${count(this.#shown.length)} of ` : ''}${count(this.connections.length)}</span
      >
      <span class="detail wide"
        >${plural(this.frames, 'frame')} · ${bytes(this.#bytes())}</span
      >
    </div>`;
  }

  #bar() {
    if (!this.connections.some(({ state }) => isOver(state))) return nothing;
    return html`<label class="bar"
      ><input
        type="checkbox"
        .checked=${this.hidesOver}
        @change=${({ target }) => {
          this.hidesOver = target.checked;
          keep('hides-over', target.checked ? 'yes' : 'no');
        }}
      />
      Hide closed</label
    >`;
  }

  /** The selected row. */
  get #index() {
    if (this.selected === null) return 0;
    return this.#shown.findIndex(({ id }) => id === this.selected) + 1;
  }

  /** What tells a connection apart, as far as it is read; more may come with its frames. */
  #aboutOf({ id, frames: [up, down] }) {
    const abouts = this.#about;
    const known = abouts.get(id);
    const frames = up + down;
    const isStale = known && !known.about?.firstText && known.frames !== frames;
    if (this.readAbout && (!known || isStale)) {
      abouts.set(id, { about: known?.about ?? null, frames });
      this.readAbout(id).then((about) => {
        abouts.set(id, { about, frames });
        this.requestUpdate();
      });
    }
    return known?.about;
  }

  #bytes() {
    return this.connections.reduce((sum, conn) => sum + conn.bytes, 0);
  }

  #conn(conn) {
    const place = placeOf(conn);
    const isSelected = this.selected === conn.id;
    const [up, down] = conn.frames;
    const about = this.#aboutOf(conn);
    const who = [about?.client, agentName(about?.agent)].filter(Boolean);
    return html`<div
      class="conn"
      role="option"
      id=${isSelected ? 'chosen' : nothing}
      aria-selected=${isSelected}
      data-id=${conn.id}
    >
      <span class="name" title=${conn.url ?? nothing}
        >${
          conn.name
            ? html`${conn.name}${filterMark(nameTerm(conn.name))}
                <span class="at">${place}</span>`
            : place
        }</span
      >
      <span class="marks"
        >${['error', 'warning'].map((severity) =>
          tally(severity, conn.findings[severity])
        )}</span
      >
      <span
        class="detail wide"
        title=${conn.isUntold ? NO_CONTENT['no-prior-window'] : (about?.agent ?? nothing)}
        >#${conn.id} ·
        <span class="state ${lifeOf(conn.state)}">${conn.state}</span
        >${conn.isUntold ? ' · reconnect to read' : ''}${who.map((part) => html` · ${part}`)}</span
      >
      <span class="detail wide"
        >▲ ${count(up)} ▼ ${count(down)} ·
        ${bytes(conn.bytes)}${
          conn.deflate
            ? html` · <abbr title=${conn.deflate}>deflate</abbr>`
            : nothing
        }</span
      >
      <span class="detail wide words" title=${about?.firstText ?? nothing}
        >${about?.firstText ?? ''}</span
      >
    </div>`;
  }

  #choose(id) {
    this.dispatchEvent(new CustomEvent('choose-conn', { detail: { id } }));
  }

  #onClick({ target }) {
    const term = target.closest('.filter')?.dataset.term;
    const row = target.closest('.conn');
    if (term) addTerm(this, term);
    else if (row) this.#choose(row.dataset.id === '' ? null : +row.dataset.id);
  }

  #onKey(event) {
    const term = nameTerm(this.#shown[this.#index - 1]?.name);
    if (event.key === '=' && term) addTerm(this, term);
    const last = this.#shown.length;
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
    this.#choose(index === 0 ? null : this.#shown[index - 1].id);
  }
}

/** What filters by a name when it is clicked: no button, since it is in an option. */
function filterMark(term) {
  if (!term) return nothing;
  return html`<span
    class="filter"
    data-term=${term}
    title=${`Filter by ${term} (=)`}
    >${icon('filter')}</span
  >`;
}

/** A URL without its scheme: the rest is what tells them apart. */
function placeOf({ id, url }) {
  return url?.replace(/^\w+:\/\//, '') ?? `Connection ${id}`;
}

/** Which dot a connection has. */
function lifeOf(state) {
  if (isOver(state)) return 'over';
  return isCutOff(state) ? 'cut-off' : '';
}

function tally(severity, number) {
  if (!number) return nothing;
  return html`<span class="tally ${severity}"
    >${severityMark(severity)}${count(number)}</span
  >`;
}

customElements.define('fw-connection-list', ConnectionList);
