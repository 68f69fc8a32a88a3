import { LitElement, css, html, nothing } from 'lit';

import { fieldGroup } from '../../model/field-info.js';
import { hex2, offset as showOffset } from '../../model/format.js';
import { MAX_COPIED, asksForCopy, copyText } from './copy.js';
import { fieldColours } from './field-colours.js';
import { basics } from './theme.js';
import { VirtualRows, virtualRowsStyles } from './virtual-rows.js';

const ROW_HEIGHT = 20;
/** Bytes are fetched in pieces of this length. */
const PIECE_LEN = 4096;
const MAX_PIECES = 64;
/** Below this width in px a row has eight bytes. */
const NARROW = 500;

/**
 * Bytes in hex and ASCII. Only the rows in sight exist, so the length of
 * what is shown doesn't matter.
 *
 * `source` is `{ len, first, read(start, end), fields, findings }`: `first`
 * are the bytes at hand at once, `read` promises the others; a byte that
 * the capture lacks is negative. `selection` is `{ start, end, byte }`: a
 * range, and the byte in it that was pointed at, or null. Fires `select-bit`
 * with the bit's place.
 */
export class ByteView extends LitElement {
  static properties = {
    source: { attribute: false },
    selection: { attribute: false },
    label: { type: String },
    columns: { state: true }
  };

  static styles = [
    basics,
    virtualRowsStyles,
    fieldColours,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 60px;
      }
      .scroller {
        flex: 1;
        padding-left: 10px;
      }
      .sight {
        min-width: max-content;
      }
      .row {
        display: flex;
        height: 20px;
        font: 12px/20px var(--mono);
        white-space: pre;
      }
      .offset {
        color: var(--muted);
        padding-right: 14px;
      }
      .run {
        cursor: pointer;
      }
      .ascii {
        padding-left: 12px;
      }
      .field {
        background: var(--c-bg);
        color: var(--c);
      }
      .two {
        background: linear-gradient(
          90deg,
          var(--first) var(--split),
          var(--second) 0
        );
      }
      .flag-opcode {
        --first: var(--flag-bg);
        --second: var(--opcode-bg);
        --split: 50%;
        color: var(--flag);
      }
      .mask-length {
        --first: var(--mask-bg);
        --second: var(--length-bg);
        --split: 12.5%;
        color: var(--length);
      }
      .chosen {
        background: var(--accent);
        color: var(--on-accent);
        text-decoration: underline;
        text-underline-offset: 3px;
      }
      .near {
        box-shadow: inset 0 -2px var(--c, var(--accent));
      }
      .bad {
        text-decoration: underline wavy var(--error);
        text-underline-offset: 3px;
      }
      .bad.chosen {
        text-decoration-color: var(--on-accent);
      }
      .missing {
        color: var(--muted);
        font-style: italic;
      }
    `
  ];

  #rows = new VirtualRows(this, ROW_HEIGHT);
  #pieces = new Map();
  #resizes = new ResizeObserver(([{ contentRect }]) => {
    this.columns = contentRect.width < NARROW ? 8 : 16;
  });

  constructor() {
    super();
    this.source = null;
    this.selection = null;
    this.label = 'Bytes';
    this.columns = 16;
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
    if (changed.has('source')) {
      this.#pieces.clear();
      this.#rows.revealStart();
    }
    this.#rows.count = this.source
      ? Math.ceil(this.source.len / this.columns)
      : 0;
    if (changed.has('selection') && this.selection) this.#reveal();
  }

  /** Moves only if nothing of what is selected is in sight. */
  #reveal() {
    const { start, end, byte } = this.selection;
    const [first, last] = this.#rows.range;
    const from = Math.floor((byte ?? start) / this.columns);
    const to = Math.ceil((byte === null ? end : byte + 1) / this.columns);
    if (byte !== null || to <= first || from >= last) this.#rows.reveal(from);
  }

  render() {
    return html`<div
      class="scroller"
      ${this.#rows.attach()}
      role="group"
      tabindex="0"
      aria-label=${this.label}
      aria-description="Arrow keys move from byte to byte, Ctrl+C copies"
      @keydown=${this.#onKey}
      @click=${this.#onClick}
    >
      ${this.source ? this.#rows.render((index) => this.#row(index)) : nothing}
    </div>`;
  }

  #row(index) {
    const start = index * this.columns;
    const end = Math.min(start + this.columns, this.source.len);
    const runs = this.#runs(start, end);
    const pad = '   '.repeat(this.columns - (end - start));
    return html`<div class="row">
      <span class="offset">${showOffset(start)}</span
      >${runs.map((run) => this.#run(run, hexOf))}${pad}<span
        class="ascii"
      ></span
      >${runs.map((run) => this.#run(run, asciiOf))}
    </div>`;
  }

  #run({ start, end, name }, show) {
    const bytes = [];
    for (let at = start; at < end; at++) bytes.push(this.#byte(at));
    return html`<span class="run ${name}" data-start=${start} data-end=${end}
      >${bytes.map(show).join('')}</span
    >`;
  }

  /** Pieces of a row that look the same. */
  #runs(start, end) {
    const runs = [];
    for (let at = start; at < end; at++) {
      const name = this.#name(at);
      const last = runs.at(-1);
      if (last?.name === name) last.end = at + 1;
      else runs.push({ start: at, end: at + 1, name });
    }
    return runs;
  }

  #name(at) {
    const { fields = [], findings = [] } = this.source;
    const names = [];
    const here = fields.filter(
      ({ bitOffset, bitLen }) =>
        bitOffset < at * 8 + 8 && bitOffset + bitLen > at * 8
    );
    const groups = [...new Set(here.map(fieldGroup))];
    if (groups.length === 2) names.push('two', groups.join('-'));
    else if (groups.length === 1) names.push('field', groups[0]);
    if (this.#byte(at) < 0) names.push('missing');
    if (findings.some(({ start, len }) => at >= start && at < start + len))
      names.push('bad');
    const { selection } = this;
    if (selection && at >= selection.start && at < selection.end)
      names.push(
        selection.byte === null || selection.byte === at ? 'chosen' : 'near'
      );
    return names.join(' ');
  }

  /** A byte, negative where it is missing, undefined until it is read. */
  #byte(at) {
    const { first } = this.source;
    if (first && at < first.length) return first[at];
    const number = Math.floor(at / PIECE_LEN);
    const piece = this.#pieces.get(number);
    if (piece === undefined) this.#fetch(number);
    return piece?.[at % PIECE_LEN];
  }

  async #fetch(number) {
    const { source } = this;
    this.#pieces.set(number, null);
    const start = number * PIECE_LEN;
    const end = Math.min(start + PIECE_LEN, source.len);
    const bytes = await source.read(start, end);
    if (source !== this.source) return;
    this.#pieces.delete(number);
    if (this.#pieces.size >= MAX_PIECES)
      this.#pieces.delete(this.#pieces.keys().next().value);
    this.#pieces.set(number, bytes);
    this.requestUpdate();
  }

  #onClick(event) {
    const run = event.target.closest('.run');
    if (!run) return;
    const { left, width } = run.getBoundingClientRect();
    const start = Number(run.dataset.start);
    const end = Number(run.dataset.end);
    const place = ((event.clientX - left) / width) * (end - start);
    const at = Math.min(start + Math.floor(place), end - 1);
    // Two of a byte's three characters are its digits, four bits each.
    const isHex = run.textContent.length > end - start;
    const part = isHex ? Math.min((place % 1) * 1.5, 0.999) : 0;
    this.#choose(at, Math.floor(part * 8));
  }

  #choose(at, bit = 0) {
    this.dispatchEvent(
      new CustomEvent('select-bit', { detail: { bit: at * 8 + bit } })
    );
  }

  /** The field that is selected, or all, as hex; of long ones the first bytes. */
  async hex() {
    const { selection, source } = this;
    const { start, end } = selection ?? { start: 0, end: source.len };
    const last = Math.min(end, source.len, start + MAX_COPIED);
    return Array.from(await source.read(start, last), digitsOf).join(' ');
  }

  #onKey(event) {
    if (asksForCopy(event)) {
      event.preventDefault();
      this.hex().then(copyText);
      return;
    }
    const steps = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: this.columns,
      ArrowUp: -this.columns,
      PageDown: this.columns * this.#rows.page,
      PageUp: -this.columns * this.#rows.page,
      Home: -Infinity,
      End: Infinity
    };
    if (!(event.key in steps) || !this.source?.len) return;
    event.preventDefault();
    const step = steps[event.key];
    const from = this.selection?.byte ?? this.selection?.start ?? 0;
    this.#choose(Math.min(Math.max(0, from + step), this.source.len - 1));
  }
}

function hexOf(byte) {
  return byte === undefined ? '   ' : `${digitsOf(byte)} `;
}

/** Those that are missing are negative. */
function digitsOf(byte) {
  return byte < 0 ? '??' : hex2(byte);
}

function asciiOf(byte) {
  if (byte === undefined) return ' ';
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}

customElements.define('fw-byte-view', ByteView);
