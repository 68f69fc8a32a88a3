import { LitElement, css, html, nothing } from 'lit';

import {
  fieldExplanation,
  fieldGroup,
  fieldLabel,
  fieldPlace,
  fieldSection,
  fieldValue
} from '../../model/field-info.js';
import { hex2 } from '../../model/format.js';
import './bit-diagram.js';
import '../parts/copy.js';
import { fieldColours } from '../parts/field-colours.js';
import './field-tree.js';
import { findingList, findingStyles } from '../parts/findings.js';
import '../parts/byte-view.js';
import { basics } from '../parts/theme.js';

/**
 * One frame three times: bit diagram, bytes and field tree. A field or byte
 * selected in one is selected in all.
 *
 * `frame` is what the engine tells of it; `readBytes(start, end, unmask)`
 * promises bytes of it.
 */
export class FrameView extends LitElement {
  static properties = {
    frame: { attribute: false },
    readBytes: { attribute: false },
    isUnmasked: { state: true },
    field: { state: true },
    byte: { state: true }
  };

  static styles = [
    basics,
    fieldColours,
    findingStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 10px;
        min-height: 0;
        padding: 10px 12px;
        container-type: inline-size;
      }
      .explain {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 2px 10px;
        align-content: start;
        min-height: 62px;
        padding: 7px 10px;
        border: 1px solid var(--line);
        border-left: 4px solid var(--c, var(--line-strong));
        border-radius: var(--radius);
        background: var(--raised);
      }
      .explain p {
        grid-column: 1 / -1;
      }
      .explain .place {
        color: var(--muted);
        text-align: right;
      }
      .explain b {
        color: var(--c);
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        grid-template-rows: minmax(160px, 1fr) auto;
        gap: 10px;
        flex: 1;
        min-height: 420px;
      }
      .pane {
        display: flex;
        flex-direction: column;
        min-height: 0;
        overflow: hidden;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      .pane .title {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 30px;
        padding: 2px 10px;
        border-bottom: 1px solid var(--line);
        background: var(--raised);
      }
      .pane label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        cursor: pointer;
      }
      .pane input {
        accent-color: var(--accent);
      }
      fw-field-tree {
        overflow: auto;
        padding: 4px 0;
      }
      fw-byte-view {
        flex: 1;
      }
      .columns .bytes {
        order: -1;
      }
      @container (min-width: 900px) {
        .columns {
          grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
          grid-template-rows: minmax(0, 1fr);
        }
      }
    `
  ];

  #wireSource = null;
  #plainSource = null;

  constructor() {
    super();
    this.frame = null;
    this.readBytes = null;
    this.isUnmasked = false;
    this.field = -1;
    this.byte = null;
  }

  willUpdate(changed) {
    if (changed.has('frame')) {
      const before = changed.get('frame');
      if (before?.id !== this.frame?.id) {
        this.field = -1;
        this.byte = null;
      }
      this.#wireSource = this.#plainSource = null;
    }
  }

  render() {
    const { frame } = this;
    if (!frame) return nothing;
    const source = this.#source();
    const selection = this.#selection();
    return html`
      ${findingList(frame.findings, ({ start }) => this.#selectBit(start * 8))}
      <fw-bit-diagram
        .fields=${frame.fields}
        .bytes=${frame.first}
        .selected=${this.field}
        @select-field=${this.#onField}
      ></fw-bit-diagram>
      ${this.#explanation()}
      <div class="columns">
        <section class="pane" aria-label="Fields">
          <div class="title"><h2>Fields</h2></div>
          <fw-field-tree
            .frame=${frame}
            .selected=${this.field}
            @select-field=${this.#onField}
          ></fw-field-tree>
        </section>
        <section class="pane bytes" aria-label="Bytes">
          <div class="title">
            <h2>Bytes</h2>
            ${
              frame.isMasked
                ? html`<label
                    ><input
                      type="checkbox"
                      .checked=${this.isUnmasked}
                      @change=${this.#onUnmask}
                    />
                    Payload unmasked</label
                  >`
                : nothing
            }
            <fw-copy-button
              what="what is selected, or all, as hex"
              .len=${selection ? selection.end - selection.start : source.len}
              .text=${() => this.renderRoot.querySelector('fw-byte-view').hex()}
            ></fw-copy-button>
          </div>
          <fw-byte-view
            .source=${source}
            .selection=${selection}
            label="Bytes of the frame"
            @select-bit=${(event) => this.#selectBit(event.detail.bit)}
          ></fw-byte-view>
        </section>
      </div>
    `;
  }

  #explanation() {
    const field = this.frame.fields[this.field];
    return html`<div
      class="explain ${field ? fieldGroup(field) : ''}"
      role="status"
    >
      ${
        field
          ? html`<span
                ><b>${fieldLabel(field)}</b> =
                <span class="mono">${fieldValue(field)}</span></span
              >
              <span class="place"
                >${fieldPlace(field)}${this.#byteText()} ·
                ${fieldSection(field)}</span
              >
              <p>${fieldExplanation(field, this.frame)}</p>`
          : html`<p class="muted">
              Choose a field in the diagram or the tree, or a byte, to see where
              it is and what it says.
            </p>`
      }
    </div>`;
  }

  #byteText() {
    if (this.byte === null) return '';
    const value = this.frame.first[this.byte];
    return value >= 0
      ? ` · byte ${this.byte} is 0x${hex2(value)}`
      : ` · byte ${this.byte}`;
  }

  /** The same object as long as nothing changed, so that views keep place. */
  #source() {
    const { frame, readBytes, isUnmasked } = this;
    if (isUnmasked && frame.isMasked)
      return (this.#plainSource ??= {
        len: frame.heldLen,
        first: frame.firstUnmasked,
        fields: frame.fields,
        findings: frame.findings,
        read: (start, end) => readBytes(frame.id, start, end, true)
      });
    return (this.#wireSource ??= {
      len: frame.heldLen,
      first: frame.first,
      fields: frame.fields,
      findings: frame.findings,
      read: (start, end) => readBytes(frame.id, start, end, false)
    });
  }

  #selection() {
    const field = this.frame.fields[this.field];
    if (!field) return null;
    return {
      start: Math.floor(field.bitOffset / 8),
      end: Math.ceil((field.bitOffset + field.bitLen) / 8),
      byte: this.byte
    };
  }

  #onField({ detail }) {
    this.field = detail.index;
    this.byte = null;
  }

  #onUnmask({ target }) {
    this.isUnmasked = target.checked;
  }

  #selectBit(bit) {
    this.field = this.frame.fields.findIndex(
      ({ bitOffset, bitLen }) => bit >= bitOffset && bit < bitOffset + bitLen
    );
    this.byte = Math.floor(bit / 8);
  }
}

customElements.define('fw-frame-view', FrameView);
