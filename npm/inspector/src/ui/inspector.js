import { LitElement, css, html, nothing } from 'lit';

import { EngineClient } from '../engine/client.js';
import './connection-list.js';
import './frame-list.js';
import './frame-view.js';
import { basics, theme } from './theme.js';

/** The frame inspector. */
export class FrameInspector extends LitElement {
  static properties = {
    sample: { type: Boolean },
    theme: { type: String, reflect: true },
    status: { state: true },
    view: { state: true },
    selectedRow: { state: true },
    frame: { state: true },
    conn: { state: true }
  };

  static styles = [
    theme,
    basics,
    css`
      :host {
        display: grid;
        grid-template-columns: 240px minmax(0, 1fr) minmax(0, 1fr);
        overflow: hidden;
      }
    `
  ];

  #engine = null;

  constructor() {
    super();
    this.sample = false;
    this.theme = '';
    this.status = null;
    this.view = { version: 0, count: 0, evicted: 0 };
    this.selectedRow = -1;
    this.frame = null;
    this.conn = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#engine = new EngineClient();
    this.#engine.addEventListener('status', ({ detail }) =>
      this.#onStatus(detail)
    );
    if (this.sample) this.#engine.call('openSample');
  }

  render() {
    const { status } = this;
    if (!status) return nothing;
    return html`
      <fw-connection-list
        .connections=${status.connections.map((conn) => ({
          ...conn,
          name: conn.url ?? `Connection ${conn.id}`
        }))}
        .totals=${{ frames: status.frames, octets: 0 }}
        .selected=${this.conn}
      ></fw-connection-list>
      <fw-frame-list
        .view=${this.view}
        .readRows=${this.#readRows}
        .selected=${this.selectedRow}
        @choose-frame=${this.#onFrame}
      ></fw-frame-list>
      <fw-frame-view
        .frame=${this.frame}
        .readOctets=${this.#readOctets}
      ></fw-frame-view>
    `;
  }

  #readRows = (start, count) =>
    this.#engine.call('rows', start, count, this.view.version);

  #readOctets = (id, start, end, unmask) =>
    this.#engine.call('octets', id, start, end, unmask);

  #onStatus(status) {
    this.status = status;
    this.view = {
      version: status.version,
      count: status.rows,
      evicted: status.rowsEvicted
    };
  }

  async #onFrame({ detail }) {
    this.selectedRow = detail.index;
    this.frame = await this.#engine.call('frame', detail.id);
  }
}

customElements.define('frame-inspector', FrameInspector);
