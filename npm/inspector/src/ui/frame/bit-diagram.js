import { LitElement, css, html } from 'lit';

import { fieldGroup, fieldLabel, fieldPlace } from '../../model/field-info.js';
import { hex } from '../../model/format.js';
import { fieldColours } from '../parts/field-colours.js';
import { basics } from '../parts/theme.js';

const ROW_BITS = 32;

/**
 * The frame's header as RFC 6455 §5.2 draws it: 32 bits a row, each field a
 * button. Of the payload it shows only the beginning.
 *
 * Fires `select-field` with the field's index.
 */
export class BitDiagram extends LitElement {
  static properties = {
    fields: { attribute: false },
    /** The frame's first bytes: all of its header at least. */
    bytes: { attribute: false },
    selected: { type: Number }
  };

  static styles = [
    basics,
    fieldColours,
    css`
      :host {
        display: block;
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(32, minmax(0, 1fr));
        row-gap: 3px;
      }
      .ruler {
        color: var(--muted);
        font: 9px/1.3 var(--mono);
        text-align: center;
      }
      .ruler.byte {
        border-left: 1px solid var(--line-strong);
        padding-left: 3px;
        text-align: left;
      }
      .cell {
        display: flex;
        position: relative;
        flex-direction: column-reverse;
        align-items: center;
        justify-content: center;
        gap: 1px;
        min-width: 0;
        min-height: 54px;
        padding: 3px 1px;
        overflow: hidden;
        border: 1px solid var(--c);
        border-right-width: 0;
        background: var(--c-bg);
        color: var(--c);
        cursor: pointer;
      }
      .cell.last,
      .cell.end {
        border-right-width: 1px;
      }
      .cell .bits {
        color: var(--text);
        font: 600 12px/1.2 var(--mono);
        white-space: nowrap;
      }
      .cell .label {
        font-size: 11px;
        line-height: 1.15;
        white-space: nowrap;
        text-overflow: ellipsis;
        overflow: hidden;
        max-width: 100%;
      }
      .cell.thin .label {
        writing-mode: vertical-rl;
        transform: rotate(180deg);
        font-size: 9.5px;
        letter-spacing: 0.02em;
        max-width: none;
      }
      .cell:hover {
        filter: brightness(0.97);
      }
      .cell[aria-pressed='true'] {
        background: var(--c);
        color: var(--surface);
        box-shadow: inset 0 0 0 2px var(--c);
      }
      .cell[aria-pressed='true'] .bits {
        color: var(--surface);
        text-decoration: underline;
        text-underline-offset: 3px;
      }
      .cell.torn {
        border-right-style: dashed;
      }
      .cell:focus-visible {
        outline: 2px solid var(--text);
        outline-offset: -3px;
      }
    `
  ];

  constructor() {
    super();
    this.fields = [];
    this.bytes = new Uint8Array(0);
    this.selected = -1;
  }

  render() {
    return html`<div
      class="grid"
      role="group"
      aria-label="Bit diagram"
      @keydown=${this.#onKey}
    >
      ${ruler()} ${this.fields.map((field, index) => this.#field(field, index))}
    </div>`;
  }

  #field(field, index) {
    return segments(field).map((segment, part) =>
      this.#cell(field, index, segment, part)
    );
  }

  #cell(field, index, { bitOffset, bitLen, isEnd, isTorn }, part) {
    const column = bitOffset % ROW_BITS;
    const isPressed = index === this.selected;
    const isStop = part === 0 && index === Math.max(0, this.selected);
    const classes = [
      'cell',
      fieldGroup(field),
      bitLen === 1 ? 'thin' : '',
      isEnd ? 'end' : '',
      isTorn ? 'torn' : '',
      column + bitLen === ROW_BITS ? 'last' : ''
    ];
    const bits = this.#bits(field, bitOffset, bitLen);
    return html`<button
      class=${classes.join(' ')}
      .style=${`grid-column:${column + 1} / span ${bitLen}`}
      data-index=${index}
      data-part=${part}
      tabindex=${isStop ? 0 : -1}
      aria-hidden=${part > 0 ? 'true' : 'false'}
      aria-pressed=${isPressed}
      aria-label=${`${fieldLabel(field)} = ${bits}, ${fieldPlace(field)}`}
      @click=${() => this.#select(index)}
    >
      <span class="label">${part === 0 ? fieldLabel(field) : '…'}</span>
      <span class="bits">${bits}</span>
    </button>`;
  }

  /** Few bits as bits, many as hex. */
  #bits(field, bitOffset, bitLen) {
    if (bitLen >= 16 || fieldGroup(field) === 'payload') {
      const start = bitOffset / 8;
      return hex(this.bytes.subarray(start, start + bitLen / 8));
    }
    let bits = '';
    for (let bit = bitOffset; bit < bitOffset + bitLen; bit++)
      bits += (this.bytes[bit >> 3] >> (7 - (bit & 7))) & 1;
    return bits;
  }

  #select(index) {
    this.dispatchEvent(new CustomEvent('select-field', { detail: { index } }));
  }

  #onKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };
    const last = this.fields.length - 1;
    let index = Number(event.target.dataset.index);
    if (event.key in step) index += step[event.key];
    else if (event.key === 'Home') index = 0;
    else if (event.key === 'End') index = last;
    else return;
    event.preventDefault();
    index = Math.min(Math.max(0, index), last);
    this.#select(index);
    this.updateComplete.then(() =>
      this.renderRoot
        .querySelector(`[data-index="${index}"][data-part="0"]`)
        ?.focus()
    );
  }
}

/** A field's pieces, one a row; of a payload at most up to one row's end. */
function segments(field) {
  const isPayload = fieldGroup(field) === 'payload';
  const pieces = [];
  let at = field.bitOffset;
  const end = at + field.bitLen;
  while (at < end) {
    const rowEnd = (Math.floor(at / ROW_BITS) + 1) * ROW_BITS;
    const to = Math.min(end, rowEnd);
    const isLast = to === end || (isPayload && pieces.length === 1);
    const isTorn = isLast && to < end;
    pieces.push({
      bitOffset: at,
      bitLen: to - at,
      isEnd: isLast,
      isTorn
    });
    if (isLast) break;
    at = to;
  }
  return pieces;
}

function ruler() {
  return Array.from(
    { length: ROW_BITS },
    (_, bit) =>
      html`<span
        class=${bit % 8 === 0 ? 'ruler byte' : 'ruler'}
        aria-hidden="true"
        >${bit % 8 === 0 || bit % 8 === 7 ? bit : ''}</span
      >`
  );
}

customElements.define('fw-bit-diagram', BitDiagram);
