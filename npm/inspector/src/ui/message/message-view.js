import { LitElement, html, nothing } from 'lit';

import { DecodeClient } from '../../decode/client.js';
import { hex } from '../../model/format.js';
import { NO_CONTENT } from '../../model/no-content.js';
import '../parts/copy.js';
import { icon } from '../parts/icons.js';
import '../parts/byte-view.js';
import { save } from '../parts/save.js';
import './compare-view.js';
import './text-view.js';
import { basics } from '../parts/theme.js';
import { facts } from './message-facts.js';
import { schemaBar } from './schema-bar.js';
import { messageViewStyles } from './message-view-styles.js';
import './value-tree.js';

const VIEWS = {
  text: 'Text',
  json: 'JSON',
  hex: 'Hex',
  msgpack: 'MessagePack',
  cbor: 'CBOR',
  socketio: 'Socket.IO',
  protobuf: 'Protobuf'
};
/** These are chosen from a list: few messages are in them. */
const MORE = {
  stomp: 'STOMP',
  signalr: 'SignalR',
  graphql: 'GraphQL',
  jupyter: 'Jupyter',
  mqtt: 'MQTT',
  yjs: 'Yjs',
  compressed: 'Decompressed'
};
const ALL = { ...VIEWS, ...MORE };
/** A character of the text view is this wide, and what is around it, in px. */
const COLUMN_WIDTH = 7.3;
const TEXT_MARGIN = 40;
const MIN_COLUMNS = 20;
const CONTROL = 0x8;

/**
 * A message as a whole: its payloads unmasked, joined and inflated, decoded
 * by a worker that may be slow or crash.
 *
 * Fires `choose-id` with a frame's id.
 */
export class MessageView extends LitElement {
  static properties = {
    /** What the engine tells of it, with its bytes. */
    message: { attribute: false },
    /** What the filter looks for, a regular expression or null. */
    needles: { attribute: false },
    /** A message that this one is compared with, or null. */
    pinned: { attribute: false },
    /** Schemas of protobuf, and a number that changes with their files. */
    schemas: { attribute: false },
    schemaVersion: { attribute: false },
    view: { state: true },
    /** The view that the reader chose, kept from message to message. */
    chosen: { state: true },
    shown: { state: true },
    /** What the schemas have: `{ types, problem }`, or null. */
    known: { state: true },
    problem: { state: true }
  };

  static styles = [basics, messageViewStyles];

  #decoder = new DecodeClient();
  /** The view that suits the message best. */
  #best = 'hex';
  #generation = 0;

  constructor() {
    super();
    this.message = this.needles = this.pinned = this.known = null;
    this.schemas = null;
    this.schemaVersion = 0;
    this.view = 'text';
    this.chosen = null;
    this.shown = null;
    this.problem = '';
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#decoder.close();
  }

  willUpdate(changed) {
    if (changed.has('schemaVersion') && this.schemaVersion > 0)
      this.#readSchemas();
    if (
      (changed.has('message') || changed.has('schemaVersion')) &&
      this.message
    )
      this.#load();
  }

  render() {
    const { message } = this;
    if (!message) return nothing;
    const noContent = NO_CONTENT[message.form];
    if (this.pinned && !noContent) return this.#comparison();
    return html`
      <div class="top">
        ${facts(this.message, (id) => this.#chooseFrame(id))}
        ${noContent ? nothing : this.#actions()}
      </div>
      <div class="bar" role="group" aria-label="Show the payload as">
        ${this.#viewButton(null, this.chosen ? 'Auto' : `Auto: ${ALL[this.view]}`)}
        ${Object.entries(VIEWS).map(([name, label]) =>
          this.#viewButton(name, label)
        )}
        ${this.#more()}
      </div>
      ${this.view === 'protobuf' && this.schemas ? this.#schemaBar() : nothing}
      <div class="content">
        ${
          noContent
            ? html`<p class="empty">${noContent}</p>`
            : this.problem
              ? html`<p class="problem" role="alert">${this.problem}</p>`
              : this.#content()
        }
      </div>
    `;
  }

  #comparison() {
    const { message, pinned } = this;
    const isSame = pinned.frames[0] === message.frames[0];
    const end = html`<button class="button" @click=${() => this.#pin(null)}>
      ${icon('close')} End comparing
    </button>`;
    if (isSame)
      return html`<div class="top">
        <p class="hint" role="status">
          Now choose another frame in the list to compare this message with.
        </p>
        ${end}
      </div>`;
    return html`<fw-compare-view
      class="content"
      .left=${pinned}
      .right=${message}
      .compare=${(mode) => this.#decoder.compare(pinned.bytes, mode)}
      >${end}</fw-compare-view
    >`;
  }

  #pin(message) {
    this.dispatchEvent(new CustomEvent('pin', { detail: { message } }));
  }

  #actions() {
    return html`<div class="actions">
      <button
        class="button"
        title="Compare"
        @click=${() => this.#pin(this.message)}
      >
        ${icon('compare')}<span class="label">Compare</span>
      </button>
      <fw-copy-button
        what=${this.#isText ? 'the text' : 'the bytes as hex'}
        .len=${this.message.bytes.length}
        .text=${this.#text}
      ></fw-copy-button>
      <button class="button" title="Save bytes" @click=${this.#save}>
        ${icon('save')}<span class="label">Save bytes</span>
      </button>
    </div>`;
  }

  get #isText() {
    return this.message.opcode === 1 || isReadable(this.message);
  }

  #text = () => {
    const { bytes: content } = this.message;
    return this.#isText ? new TextDecoder().decode(content) : hex(content);
  };

  #viewButton(name, label) {
    return html`<button
      class="button"
      aria-pressed=${this.chosen === name}
      ?disabled=${NO_CONTENT[this.message.form] !== undefined}
      @click=${() => this.#choose(name)}
    >
      ${label}
    </button>`;
  }

  #more() {
    const isChosen = Object.hasOwn(MORE, this.chosen ?? '');
    return html`<select
      class="input ${isChosen ? 'chosen' : ''}"
      aria-label="Other formats"
      .value=${isChosen ? this.chosen : ''}
      ?disabled=${NO_CONTENT[this.message.form] !== undefined}
      @change=${({ target }) => this.#choose(target.value || null)}
    >
      <option value="">More …</option>
      ${Object.entries(MORE).map(
        ([name, label]) => html`<option value=${name}>${label}</option>`
      )}
    </select>`;
  }

  #content() {
    const { shown } = this;
    if (!shown) return nothing;
    if (shown.source)
      return html`<fw-byte-view
        .source=${shown.source}
        .selection=${shown.selection}
        label="Bytes of the message"
        @select-bit=${this.#onBit}
      ></fw-byte-view>`;
    if (shown.text)
      return html`<fw-text-view
        .text=${shown.text}
        .needles=${this.needles}
      ></fw-text-view>`;
    return html`<fw-value-tree
      .tree=${shown.tree}
      .needles=${this.needles}
      ?isjson=${this.view === 'json'}
    ></fw-value-tree>`;
  }

  async #load() {
    const generation = ++this.#generation;
    this.shown = null;
    this.problem = '';
    const { message } = this;
    if (NO_CONTENT[message.form]) return;
    const best = await this.#decoder
      .load(message.bytes, {
        isText: this.#isText,
        toClient: message.toClient,
        subprotocol: message.subprotocol,
        hasSchema: this.schemaVersion > 0
      })
      .catch(() => 'hex');
    if (generation !== this.#generation) return;
    this.#best = best;
    await this.#show(this.chosen ?? best);
  }

  /** Shows messages in this view, or with null in what suits each best. */
  #choose(view) {
    this.chosen = view;
    this.#show(view ?? this.#best);
  }

  async #show(view) {
    const generation = this.#generation;
    this.view = view;
    this.problem = '';
    try {
      const shown = await this.#read(view);
      if (generation !== this.#generation || view !== this.view) return;
      this.shown = shown;
    } catch (error) {
      this.#fail(view, generation, error);
    }
  }

  #fail(view, generation, error) {
    if (generation === this.#generation && view === this.view)
      this.problem = `Not ${ALL[view]}: ${error.message}`;
  }

  /** Reads more of what is shown: nothing, and why, where that fails. */
  #reader(view, name) {
    const generation = this.#generation;
    return (...args) =>
      this.#decoder.call(name, ...args).catch((error) => {
        this.#fail(view, generation, error);
        return [];
      });
  }

  async #read(view) {
    const decoder = this.#decoder;
    const { bytes: content } = this.message;
    if (view === 'hex')
      return {
        source: {
          len: content.length,
          first: content,
          read: async (start, end) => content.subarray(start, end)
        },
        selection: null
      };
    if (view === 'text')
      return {
        text: {
          count: await decoder.call('text', this.#columns()),
          read: this.#reader(view, 'rows')
        }
      };
    return {
      tree: {
        root: await decoder.tree(view, this.#options),
        read: this.#reader(view, 'children')
      }
    };
  }

  get #options() {
    const { schemas, schemaVersion: version, message } = this;
    return schemas && version > 0
      ? {
          schema: { version, files: schemas.files },
          type: schemas.types[message.toClient]
        }
      : {};
  }

  #schemaBar() {
    const { schemas, message } = this;
    return schemaBar(schemas, this.known, message.toClient, (name) => {
      schemas.types[message.toClient] = name;
      this.#show('protobuf');
    });
  }

  async #readSchemas() {
    const { files } = this.schemas;
    const version = this.schemaVersion;
    this.known = await this.#decoder.types({ version, files }).then(
      (types) => ({ types, problem: '' }),
      ({ message }) => ({ types: [], problem: message })
    );
  }

  /** How many characters of a text there is room for beside each other. */
  #columns() {
    const { width } = this.getBoundingClientRect();
    const columns = Math.floor((width - TEXT_MARGIN) / COLUMN_WIDTH);
    return Math.max(columns, MIN_COLUMNS);
  }

  #onBit({ detail }) {
    const at = Math.floor(detail.bit / 8);
    this.shown = {
      ...this.shown,
      selection: { start: at, end: at + 1, byte: at }
    };
  }

  #chooseFrame(id) {
    this.dispatchEvent(new CustomEvent('choose-id', { detail: { id } }));
  }

  #save() {
    const { message } = this;
    const kind = message.opcode === 1 ? 'txt' : 'bin';
    save(message.bytes, `message-${message.frames[0] + 1}.${kind}`);
  }
}

/** A control payload that is plain text. */
function isReadable({ opcode, bytes: content }) {
  return (
    (opcode & CONTROL) !== 0 &&
    opcode !== CONTROL &&
    content.every((byte) => byte >= 0x20 && byte < 0x7f)
  );
}

customElements.define('fw-message-view', MessageView);
