import { LitElement, html, nothing } from 'lit';

import { clock, count, bytes as size, plural } from '../model/format.js';
import { keep, kept } from '../model/kept.js';
import { opcodeInfo } from '../model/opcodes.js';
import { noFindings, noRows } from '../model/reasons.js';
import { Session } from '../model/session/session.js';
import './connection/connection-list.js';
import './connection/connection-view.js';
import './dialogs/dialogs.js';
import './list/frame-list.js';
import './frame/frame-view.js';
import { icon } from './parts/icons.js';
import { layout } from './layout/layout.js';
import './list/lint-panel.js';
import './message/message-view.js';
import { Panes } from './layout/panes.js';
import './query/query-bar.js';
import { save } from './parts/save.js';
import './layout/splitter.js';
import './layout/status-bar.js';
import { basics, theme } from './parts/theme.js';
import './list/timeline.js';
import './layout/toolbar.js';

const TABS = { message: 'Message', frame: 'Frame', connection: 'Connection' };
/** What the narrow layout shows one at a time. */
const PANES = { side: 'Connections', list: 'Frames', detail: 'Detail' };

/**
 * `<frame-inspector>`: the whole inspector. Attributes: `sample` opens the
 * sample session, `src` a capture, `live` a tap (with `token`), `theme` is
 * light, dark or absent, `memory` the MiB that a capture may take.
 */
export class FrameInspector extends LitElement {
  static properties = {
    sample: { type: Boolean },
    src: { type: String },
    live: { type: String },
    token: { type: String },
    memory: { type: Number },
    theme: { type: String, reflect: true },
    pane: { state: true },
    isDropping: { state: true }
  };

  static styles = [theme, basics, layout];

  #session = null;
  #panes = new Panes(this);

  constructor() {
    super();
    this.sample = false;
    this.src = this.live = this.token = this.memory = null;
    this.theme = kept('theme');
    this.pane = 'list';
    this.isDropping = false;
    this.addEventListener('dragover', this.#onDrag);
    this.addEventListener('dragleave', this.#onDrag);
    this.addEventListener('drop', this.#onDrop);
    this.addEventListener('keydown', this.#onKey);
  }

  connectedCallback() {
    super.connectedCallback();
    this.#session = new Session();
    this.#session.addEventListener('change', () => this.requestUpdate());
    this.#limitMemory();
    document.addEventListener('paste', this.#onPaste);
    document.addEventListener('keydown', this.#onPageKey);
    this.#openWanted();
  }

  willUpdate(changed) {
    if (this.hasUpdated && changed.has('memory')) this.#limitMemory();
    const wanted = ['live', 'token', 'src', 'sample'];
    if (this.hasUpdated && wanted.some((name) => changed.has(name)))
      this.#openWanted();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('paste', this.#onPaste);
    document.removeEventListener('keydown', this.#onPageKey);
    this.#session.close();
  }

  /**
   * Opens a capture: a Blob, bytes, or a text as it was pasted. Several Blobs
   * are a capture and logs of TLS keys.
   */
  open(data, name = [data].flat()[0]?.name ?? 'Capture') {
    const source = typeof data === 'string' ? new Blob([data]) : data;
    return this.#session.open(source, name);
  }

  /** Watches a tap; see LIVE.md. */
  watch(url, token = null) {
    return this.#session.watch(new URL(url, document.baseURI).href, token);
  }

  render() {
    const session = this.#session;
    const { status } = session;
    return html`
      <header>
        <fw-toolbar
          ?tight=${this.#panes.shape === 'narrow'}
          .source=${{ ...session.source, live: status?.live }}
          @action=${this.#onAction}
        ></fw-toolbar>
      </header>
      ${this.#notices()}
      <main class="panes" data-pane=${this.pane}>
        ${this.#side()} ${this.#list()} ${this.#detail()}
      </main>
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
      <footer>
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
      </footer>
      ${
        this.isDropping
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
    `;
  }

  #notices() {
    const { isStuck, problem, query, reading, unread } = this.#session;
    return html`${
      isStuck
        ? html`<div class="notice" role="alert">
            ${stuckText(reading, query)}
            <button class="button" @click=${() => this.#session.restart()}>
              Stop it
            </button>
          </div>`
        : nothing
    }
    ${
      reading
        ? html`<div class="notice" role="status">
            Reading ${reading.name} …
            <progress
              .value=${reading.share}
              aria-label="Read so far"
            ></progress>
            ${
              reading.len
                ? `${size(reading.share * reading.len)} of ${size(reading.len)}`
                : nothing
            }
            <button class="button" @click=${() => this.#session.stopReading()}>
              Stop
            </button>
          </div>`
        : nothing
    }
    ${
      unread && !reading
        ? html`<div class="notice" role="status">
            ${unread.sentences.join(' ')}
            ${
              unread.wantsKeys
                ? html`<button
                    class="button"
                    @click=${() => this.#onAction({ detail: { action: 'open' } })}
                  >
                    Choose a key file
                  </button>`
                : nothing
            }
          </div>`
        : nothing
    }
    ${
      problem === ''
        ? nothing
        : html`<div class="notice bad" role="alert">
            <span aria-hidden="true">✕</span>
            <span class="what">${problem}</span>
            <button
              class="button icon"
              aria-label="Dismiss this message"
              title="Dismiss"
              @click=${() => this.#session.dismissProblem()}
            >
              ${icon('close')}
            </button>
          </div>`
    }`;
  }

  #side() {
    const { status, conn } = this.#session;
    const connections = status?.connections ?? [];
    return html`<aside class="side" aria-label="Connections and findings">
      <section class="first">
        <h2>Connections</h2>
        <fw-connection-list
          .connections=${connections}
          .frames=${status?.frames ?? 0}
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
          @choose-id=${({ detail }) => this.#chooseId(detail.id)}
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
        .values=${{ lint: (status?.rules ?? []).map(({ rule }) => rule) }}
        .shown=${view.count}
        .total=${status?.held ?? 0}
        .isScanning=${status?.isScanning ?? false}
        @query=${this.#onQuery}
      ></fw-query-bar>
      <fw-timeline
        .data=${session.timeline}
        .time=${session.frame?.time ?? null}
        @resize-timeline=${({ detail }) => session.setBuckets(detail.buckets)}
        @choose-time=${({ detail }) => session.chooseTime(detail.time)}
      ></fw-timeline>
      <fw-frame-list
        .view=${view}
        .empty=${noRows(session)}
        .readRows=${session.readRows}
        .selected=${session.row}
        .reveals=${session.reveals}
        .follow=${session.follow}
        ?showsconn=${(status?.connections.length ?? 0) > 1}
        @choose-frame=${this.#onFrame}
        @action=${this.#onAction}
        @follow=${({ detail }) => session.setFollow(detail.follow)}
      ></fw-frame-list>
    </section>`;
  }

  #detail() {
    const session = this.#session;
    const isStacked = this.#panes.shape === 'stacked';
    return html`<section class="detail" aria-label="Detail">
      ${this.#splitter(isStacked ? 'below' : 'detail', isStacked)}
      <div class="tabs" role="tablist" @keydown=${this.#onTabKey}>
        ${Object.entries(TABS).map(
          ([name, label]) =>
            html`<button
              role="tab"
              id=${`tab-${name}`}
              aria-controls="panel"
              aria-selected=${session.tab === name}
              tabindex=${session.tab === name ? 0 : -1}
              @click=${() => session.showTab(name)}
            >
              ${label}
            </button>`
        )}
      </div>
      <div
        class="panel"
        id="panel"
        role="tabpanel"
        aria-labelledby=${`tab-${session.tab}`}
      >
        ${this.#panel()}
      </div>
    </section>`;
  }

  #panel() {
    const { tab, frame, message, connection, isHidden, status } = this.#session;
    if (tab === 'connection' && connection)
      return html`<fw-connection-view
        .connection=${connection}
        @choose-id=${({ detail }) => this.#chooseId(detail.id, 'frame')}
      ></fw-connection-view>`;
    const madeUp = MADE_UP[status?.connections[frame?.conn]?.source];
    if (!frame)
      return html`<p class="empty">
        Choose a frame to see its message and every byte of it.
      </p>`;
    if (tab === 'message')
      return html`${summary(frame, isHidden, madeUp)}
        <fw-message-view
          .message=${message}
          @choose-id=${({ detail }) => this.#chooseId(detail.id, 'frame')}
        ></fw-message-view>`;
    return html`${summary(frame, isHidden, madeUp)}
      <fw-frame-view
        .frame=${frame}
        .readBytes=${this.#session.readBytes}
      ></fw-frame-view>`;
  }

  #onQuery = ({ detail }) => this.#session.setQuery(detail.query);

  #onFrame = ({ detail }) => {
    // Where one pane is shown at a time, who points wants to see it.
    if (detail.isPointed) this.pane = 'detail';
    this.#session.chooseRow(detail.row);
  };

  async #chooseId(id, tab) {
    this.pane = 'detail';
    await this.#session.chooseId(id, tab);
  }

  #onAction = ({ detail }) => {
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
      pause: () => session.pause(!session.isPaused),
      keep: () => session.keepAll(!session.keepsAll)
    };
    actions[detail.action]();
  };

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
      this.#session.openUrl(new URL(this.src, document.baseURI));
    else if (this.sample) this.#session.openSample();
  }

  #onDrag(event) {
    event.preventDefault();
    this.isDropping = event.type === 'dragover';
  }

  #onDrop(event) {
    event.preventDefault();
    this.isDropping = false;
    const files = [...event.dataTransfer.files];
    const text = event.dataTransfer.getData('text');
    if (files.length > 0) this.open(files);
    else if (text) this.open(text, 'Dropped text');
  }

  #onPaste = (event) => {
    if (isTyping(event)) return;
    const [file] = event.clipboardData.files;
    const text = event.clipboardData.getData('text');
    if (file) this.open(file);
    else if (text.trim()) this.open(text, 'Pasted bytes');
  };

  #onTabKey(event) {
    const names = Object.keys(TABS);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = names.indexOf(this.#session.tab) + step;
    const name = names[(at + names.length) % names.length];
    this.#session.showTab(name);
    this.updateComplete.then(() =>
      this.renderRoot.querySelector(`#tab-${name}`).focus()
    );
  }

  /** Keys also work while nothing on the page has the focus. */
  #onPageKey = (event) => {
    if (event.target === document.body) this.#onKey(event);
  };

  #onKey(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const actions = {
      o: 'open',
      v: 'paste',
      l: 'live',
      e: 'export',
      t: 'theme',
      f: 'follow',
      p: 'pause',
      '?': 'help'
    };
    const action = actions[event.key];
    const tab = Object.keys(TABS)[Number(event.key) - 1];
    if (action) this.#onAction({ detail: { action } });
    else if (tab) this.#session.showTab(tab);
    else if (event.key === '/')
      this.renderRoot.querySelector('fw-query-bar').focus();
    else if (event.key === 'g')
      this.renderRoot.querySelector('fw-frame-list').focus();
    else return;
    event.preventDefault();
  }
}

/** What it is that takes so long. */
function stuckText(reading, query) {
  if (reading) return 'Reading this file takes long.';
  return /\/.+\//.test(query)
    ? 'This takes long. A regular expression may even take for ever.'
    : 'This takes long.';
}

/** Keys and pastes there belong to what is typed in. */
function isTyping(event) {
  return event
    .composedPath()
    .some((node) => /^(INPUT|TEXTAREA|SELECT|DIALOG)$/.test(node.nodeName));
}

/** What of a frame its source did not have. */
const MADE_UP = {
  messages:
    'made up: header, masking key and length on the wire; the source has only messages',
  headers: 'made up: the masking key; the source has no payloads'
};

function summary(frame, isHidden, madeUp) {
  const { name } = opcodeInfo(frame.opcode);
  const wire = frame.headerLen + Number(frame.payloadLen);
  return html`<p class="summary">
    <b>Frame ${count(frame.id + 1)}</b>
    <span>${name} from the ${frame.toClient ? 'server' : 'client'}</span>
    <span>${plural(wire, 'byte')} on the wire</span>
    <span>${clock(frame.time)} s</span>
    ${frame.isComplete ? nothing : html`<span>not complete</span>`}
    ${frame.isMissing ? html`<span>bytes missing</span>` : nothing}
    ${madeUp ? html`<span class="made-up">${madeUp}</span>` : nothing}
    ${isHidden ? html`<span>not in the list: filtered out</span>` : nothing}
  </p>`;
}

customElements.define('frame-inspector', FrameInspector);
