import { LitElement, html, nothing } from 'lit';

import { nameValue } from '../model/filter/value-term.js';
import { keep, kept } from '../model/kept.js';
import { noConnections, noFindings, noRows } from '../model/reasons.js';
import { isSchema } from '../model/schemas.js';
import { Session } from '../model/session/session.js';
import './connection/connection-list.js';
import './dialogs/export-dialog.js';
import './dialogs/help-dialog.js';
import './dialogs/live-dialog.js';
import './dialogs/paste-dialog.js';
import './list/frame-list.js';
import { TAB_NAMES, detail } from './layout/detail.js';
import { Intake, isTyping } from './layout/intake.js';
import { layout } from './layout/layout.js';
import { notices } from './layout/notices.js';
import './list/lint-panel.js';
import { Panes } from './layout/panes.js';
import './query/query-bar.js';
import { save } from './parts/save.js';
import './layout/splitter.js';
import './layout/status-bar.js';
import { basics, theme } from './parts/theme.js';
import { sendingBar } from './sending/bar.js';
import './list/timeline.js';
import './layout/toolbar.js';

/** What a key does wherever nothing is typed in. */
const KEYS = {
  o: 'open',
  v: 'paste',
  l: 'live',
  e: 'export',
  t: 'theme',
  f: 'follow',
  p: 'pause',
  c: 'clear',
  s: 'send',
  r: 'resend',
  '?': 'help'
};
/** What the narrow layout shows one at a time. */
const PANES = { side: 'Connections', list: 'Frames', detail: 'Detail' };

/**
 * `<frame-inspector>`: the whole inspector. Attributes: `sample` opens the
 * sample session, `src` a capture (`keys` a log of its TLS keys), `live` a tap (with `token`, and `control` where
 * messages may be sent), `theme` is light, dark or absent, `memory` the MiB that a capture may take.
 */
export class FrameInspector extends LitElement {
  static properties = {
    sample: { type: Boolean },
    src: { type: String },
    keys: { type: String },
    live: { type: String },
    token: { type: String },
    control: { type: String },
    memory: { type: Number },
    theme: { type: String, reflect: true },
    pane: { state: true }
  };

  static styles = [theme, basics, layout];

  #session = null;
  #panes = new Panes(this);
  #intake = new Intake(this);

  constructor() {
    super();
    this.sample = false;
    this.src = this.keys = this.live = this.token = null;
    this.control = this.memory = null;
    this.theme = kept('theme');
    this.pane = 'list';
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('want-files', () => this.#act('open'));
    this.addEventListener('add-term', ({ detail }) =>
      this.#session.addTerm(detail.term)
    );
  }

  connectedCallback() {
    super.connectedCallback();
    this.#session = new Session();
    this.#session.addEventListener('change', () => this.requestUpdate());
    this.#limitMemory();
    document.addEventListener('keydown', this.#onPageKey);
    this.#openWanted();
  }

  willUpdate(changed) {
    if (this.hasUpdated && changed.has('memory')) this.#limitMemory();
    const wanted = ['live', 'token', 'src', 'keys', 'sample'];
    if (this.hasUpdated && wanted.some((name) => changed.has(name)))
      this.#openWanted();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#onPageKey);
    this.#session.close();
  }

  /**
   * Opens a capture: a Blob, bytes, or a text as it was pasted. Several Blobs
   * are a capture, logs of TLS keys, and schemas of protobuf.
   */
  open(data, name) {
    const files = [typeof data === 'string' ? new Blob([data]) : data].flat();
    const schemas = files.filter(isSchema);
    const source = files.filter((file) => !schemas.includes(file));
    if (schemas.length > 0) this.#session.addSchemas(schemas);
    if (source.length === 0) return Promise.resolve();
    return this.#session.open(source, name ?? source[0].name ?? 'Capture');
  }

  /** Watches a tap; see LIVE.md. */
  watch(url, token = null) {
    return this.#session.watch(new URL(url, document.baseURI).href, token);
  }

  render() {
    const session = this.#session;
    const { status } = session;
    return html`<div class="all">
      <div class="top">
        <fw-toolbar
          ?tight=${this.#panes.shape === 'narrow'}
          .source=${{ ...session.source, live: status?.live }}
          @action=${this.#onAction}
        ></fw-toolbar>
      </div>
      ${notices(session, () => this.#act('open'))}
      ${sendingBar(session, this.control, () => this.requestUpdate())}
      <div class="panes" data-pane=${this.pane}>
        ${this.#side()} ${this.#list()} ${this.#detail()}
      </div>
      <nav class="switch" aria-label="Panes">
        ${Object.entries(PANES).map(
          ([name, label]) =>
            html`<button
              aria-pressed=${this.pane === name}
              @click=${() => (this.pane = name)}
            >
              ${label}
            </button>`
        )}
      </nav>
      <div class="bottom">
        <fw-status-bar
          ?tight=${this.#panes.shape === 'narrow'}
          .status=${status}
          .live=${status?.live}
          .follow=${session.follow}
          .isPaused=${session.isPaused}
          .held=${session.heldBack}
          .keepsAll=${session.keepsAll}
          @action=${this.#onAction}
        ></fw-status-bar>
      </div>
      ${
        this.#intake.isDropping
          ? html`<div class="drop">Drop a capture to open it</div>`
          : nothing
      }
      <fw-paste-dialog
        @done=${({ detail }) => this.open(detail.text, 'Pasted bytes')}
      ></fw-paste-dialog>
      <fw-live-dialog
        @done=${({ detail }) => this.watch(detail.url, detail.token)}
      ></fw-live-dialog>
      <fw-export-dialog @done=${this.#onExport}></fw-export-dialog>
      <fw-help-dialog @done=${this.#onAction}></fw-help-dialog>
      <input
        type="file"
        multiple
        hidden
        aria-label="Capture file"
        @change=${this.#onFile}
      />
    </div>`;
  }

  #side() {
    const { status, conn } = this.#session;
    const connections = status?.connections ?? [];
    return html`<aside class="side" aria-label="Connections and findings">
      <section class="first">
        <h2>Connections</h2>
        <fw-connection-list
          .capture=${this.#session.capture}
          .connections=${connections}
          empty=${noConnections(status)}
          .frames=${(status?.frames ?? 0) - (status?.cleared ?? 0)}
          .readAbout=${this.#session.readAbout}
          .selected=${conn}
          @choose-conn=${({ detail }) => this.#session.setConn(detail.id)}
        ></fw-connection-list>
      </section>
      <section>
        <h2>Findings</h2>
        ${this.#splitter('findings', true, '.side')}
        <fw-lint-panel
          .rules=${status?.rules ?? []}
          empty=${noFindings(status)}
          .readFindings=${this.#session.readFindings}
          @choose-id=${({ detail }) => {
            this.pane = 'detail';
            this.#session.selection.chooseId(detail.id);
          }}
          @query=${this.#onQuery}
        ></fw-lint-panel>
      </section>
      ${this.#splitter('side')}
    </aside>`;
  }

  #splitter(name, isFlat = false, within = '.panes') {
    if (this.#panes.shape === 'narrow' && within === '.panes') return nothing;
    const { position, min, max, label } = this.#panes.split(name);
    return html`<fw-splitter
      aria-label=${label}
      within=${within}
      ?end=${name === 'detail'}
      .isFlat=${isFlat}
      .position=${position}
      .min=${min}
      .max=${max}
      @move=${({ detail }) => this.#panes.move(name, detail.position)}
    ></fw-splitter>`;
  }

  #list() {
    const session = this.#session;
    const { status, view } = session;
    return html`<section class="list" aria-label="Frames">
      <fw-query-bar
        ?tight=${this.#panes.isTight}
        .query=${session.query}
        .error=${session.queryError}
        .values=${valuesOf(status)}
        .shown=${view.count}
        .total=${status?.held ?? 0}
        .isScanning=${status?.isScanning ?? false}
        @query=${this.#onQuery}
        @leave=${() => this.#focusOn('fw-frame-list')}
      ></fw-query-bar>
      <fw-timeline
        .data=${session.timeline.data}
        .time=${session.selection.frame?.time ?? null}
        @resize-timeline=${({ detail }) => session.timeline.setBuckets(detail.buckets)}
        @choose-time=${({ detail }) => session.selection.chooseTime(detail.time)}
      ></fw-timeline>
      <fw-frame-list
        .view=${view}
        .empty=${noRows(session)}
        .readRows=${session.readRows}
        .selected=${session.selection.row}
        .reveals=${session.selection.reveals}
        .follow=${session.follow}
        .sort=${session.sort}
        .needles=${session.needles}
        ?cansort=${session.canSort}
        ?showsconn=${(status?.connections.length ?? 0) > 1}
        @choose-frame=${this.#onFrame}
        @sort=${({ detail }) => session.sortBy(detail.column)}
        @action=${this.#onAction}
        @follow=${({ detail }) => session.setFollow(detail.follow)}
      ></fw-frame-list>
    </section>`;
  }

  #detail() {
    const isStacked = this.#panes.shape === 'stacked';
    return html`<section class="detail" aria-label="Detail">
      ${this.#splitter(isStacked ? 'below' : 'detail', isStacked)}
      ${detail(this.#session)}
    </section>`;
  }

  #onQuery = ({ detail }) => this.#session.setQuery(detail.query);

  #onFrame = ({ detail }) => {
    // Where one pane is shown at a time, who points wants to see it.
    if (detail.isPointed) this.pane = 'detail';
    this.#session.selection.chooseRow(detail.row);
  };

  #onAction = ({ detail }) => this.#act(detail.action);

  #act(action) {
    const session = this.#session;
    const show = (name) => this.renderRoot.querySelector(name).show();
    const actions = {
      open: () => this.renderRoot.querySelector('input[type=file]').click(),
      paste: () => show('fw-paste-dialog'),
      live: () =>
        this.renderRoot.querySelector('fw-live-dialog').show(session.tap),
      reconnect: () => session.watch(session.tap.url, session.tap.token),
      export: () => show('fw-export-dialog'),
      help: () => show('fw-help-dialog'),
      sample: () => session.openSample(),
      all: () => session.setConn(null),
      unfilter: () => session.setQuery(''),
      stop: () => session.stopWatching(),
      theme: () => this.#changeTheme(),
      follow: () => session.setFollow(!session.follow),
      clear: () => session.status?.live && session.clear(),
      pause: () => session.pause(!session.isPaused),
      keep: () => session.keepAll(!session.keepsAll),
      send: () => this.#sending?.compose(),
      resend: () => this.#sending?.canResend && this.#sending.resend()
    };
    actions[action]();
  }

  get #sending() {
    return this.renderRoot.querySelector('fw-sending');
  }

  #changeTheme() {
    const isDark =
      this.theme === 'dark' ||
      (this.theme !== 'light' &&
        matchMedia('(prefers-color-scheme: dark)').matches);
    this.theme = isDark ? 'light' : 'dark';
    keep('theme', this.theme);
  }

  #onExport = async ({ detail }) => {
    const file = await this.#session.export(detail);
    if (file) save(file.blob, file.name);
  };

  #onFile = ({ target }) => {
    const files = [...target.files];
    if (files.length > 0) this.open(files);
    target.value = '';
  };

  #limitMemory() {
    const { memory } = this;
    this.#session.limit(memory > 0 ? memory * 1024 * 1024 : null);
  }

  /** Opens what the attributes say. */
  #openWanted() {
    if (this.live) this.watch(this.live, this.token);
    else if (this.src)
      this.#session.openUrl(
        ...[this.src, this.keys]
          .filter(Boolean)
          .map((address) => new URL(address, document.baseURI))
      );
    else if (this.sample) this.#session.openSample();
  }

  /** Keys also work while nothing on the page has the focus. */
  #onPageKey = (event) => {
    if (event.target === document.body) this.#onKey(event);
  };

  #onKey(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const action = KEYS[event.key];
    const tab = TAB_NAMES[Number(event.key) - 1];
    if (action) this.#act(action);
    else if (tab) {
      this.pane = 'detail';
      this.#session.selection.showTab(tab);
    } else if (event.key === '/') this.#focusOn('fw-query-bar');
    else if (event.key === 'g') this.#focusOn('fw-frame-list');
    else return;
    event.preventDefault();
  }

  /** Where one pane is shown at a time, this part's has to come first. */
  #focusOn(part) {
    this.pane = 'list';
    this.performUpdate();
    this.renderRoot.querySelector(part).focus();
  }
}

/** What of this capture the filter offers, by field. */
function valuesOf(status) {
  const names = (status?.connections ?? []).map(({ name }) => name);
  return {
    lint: (status?.rules ?? []).map(({ rule }) => rule),
    name: [...new Set(names.filter(Boolean))].map(nameValue)
  };
}

customElements.define('frame-inspector', FrameInspector);
