import { LitElement, css, html, nothing } from 'lit';

import { complete } from '../../model/complete.js';
import { count } from '../../model/format.js';
import { icon } from '../parts/icons.js';
import { basics } from '../parts/theme.js';

/** Wait this long after a key before asking the engine, in ms. */
const PAUSE_MS = 120;

/** Terms that people often want; each is put in, then left out, then gone. */
const QUICK = [
  ['Text', 'opcode==text'],
  ['Binary', 'opcode==binary'],
  ['Control', 'control'],
  ['From client', 'dir==client'],
  ['From server', 'dir==server'],
  ['Compressed', 'compressed'],
  ['Findings', 'lint']
];

const EXAMPLES = [
  ['opcode==ping', 'pings; also text, binary, close, pong, reserved'],
  ['!json.type=="hb"', 'all but messages whose JSON has type "hb"'],
  ['len>1k', 'payloads over 1,000 bytes'],
  ['dir==client', 'sent by the client'],
  ['conn==3', 'one connection'],
  ['lint>=warning', 'frames with findings'],
  ['hello "two words"', 'texts in the content, in any case'],
  ['/lot:\\d+/i', 'a regular expression'],
  ['hex:cafe??01', 'bytes, ?? for any'],
  ['time>1.5s time<2s', 'a stretch of time'],
  ['(opcode==ping or opcode==pong) !masked', 'and, or, not, brackets']
];

/**
 * The query line. `error` is what the engine says of it, `{ message, start,
 * end }` in UTF-8 bytes. Fires `query` with the text.
 */
export class QueryBar extends LitElement {
  static properties = {
    query: { type: String },
    error: { attribute: false },
    shown: { type: Number },
    total: { type: Number },
    isScanning: { type: Boolean },
    /** Whether there is little room: quick filters show with the help. */
    tight: { type: Boolean, reflect: true },
    /** More values to offer, by field. */
    values: { attribute: false },
    isHelpOpen: { state: true },
    /** How what is typed may go on: `{ start, options }`. */
    offer: { state: true },
    /** The option that is chosen by keys, or −1. */
    option: { state: true }
  };

  static styles = [
    basics,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 6px;
        padding: 8px 10px;
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }
      :host([tight]) {
        padding: 5px 8px;
      }
      :host([tight]) .tally {
        min-width: 0;
      }
      .line {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      .box {
        position: relative;
        flex: 1;
      }
      .box svg {
        position: absolute;
        left: 9px;
        top: 8px;
        width: 14px;
        height: 14px;
        color: var(--muted);
      }
      input.input {
        width: 100%;
        padding: 0 30px;
        font-family: var(--mono);
        font-size: 12.5px;
      }
      input[aria-invalid='true'] {
        border-color: var(--error);
        border-width: 2px;
      }
      [role='listbox'] {
        position: absolute;
        inset: 100% auto auto 0;
        z-index: 5;
        min-width: min(340px, 100%);
        margin-top: 3px;
        padding: 4px 0;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: 0 6px 20px rgb(0 0 0 / 0.25);
      }
      [role='option'] {
        display: flex;
        gap: 12px;
        padding: 3px 10px;
        cursor: default;
      }
      [role='option'] b {
        min-width: 110px;
        font: 600 12px/1.6 var(--mono);
      }
      [role='option'] span {
        color: var(--muted);
      }
      [role='option']:hover,
      [role='option'][aria-selected='true'] {
        background: var(--selected);
      }
      .clear {
        position: absolute;
        right: 3px;
        top: 3px;
        min-height: 24px;
        width: 24px;
        border: 0;
        background: none;
      }
      .clear svg {
        position: static;
      }
      .tally {
        min-width: 96px;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        text-align: right;
        white-space: nowrap;
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 5px;
      }
      .chips .button {
        min-height: 24px;
        padding: 0 9px;
        border-radius: 12px;
        font-size: 12px;
      }
      .chips .out {
        border-color: var(--error);
        background: var(--error-bg);
        color: var(--error);
        text-decoration: line-through;
      }
      .error {
        color: var(--error);
      }
      .error pre {
        display: inline;
        font: 12px var(--mono);
      }
      .error mark {
        background: var(--error-bg);
        color: var(--error);
        text-decoration: underline wavy;
      }
      .help {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 3px 14px;
        max-height: 40vh;
        padding: 8px 10px;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--raised);
      }
      .help button {
        border: 0;
        padding: 0;
        background: none;
        color: var(--accent);
        font: 12px/1.5 var(--mono);
        text-align: left;
        text-decoration: underline;
        cursor: pointer;
      }
    `
  ];

  #timer = null;

  constructor() {
    super();
    this.query = '';
    this.error = null;
    this.shown = 0;
    this.total = 0;
    this.isScanning = false;
    this.tight = this.isHelpOpen = false;
    this.values = {};
    this.#close();
  }

  focus() {
    this.renderRoot.querySelector('input').select();
  }

  render() {
    return html`
      <div class="line">
        <div class="box">
          ${icon('search')}
          <input
            class="input"
            type="text"
            role="combobox"
            aria-autocomplete="list"
            aria-controls="options"
            aria-expanded=${this.offer.options.length > 0}
            aria-activedescendant=${this.option < 0 ? nothing : `option-${this.option}`}
            spellcheck="false"
            autocomplete="off"
            aria-label="Filter frames"
            aria-invalid=${this.error !== null}
            aria-describedby="problem"
            placeholder='Filter: opcode==ping, !json.type=="hb", len>1k, /regex/ …'
            .value=${this.query}
            @input=${this.#onInput}
            @keydown=${this.#onKey}
            @blur=${this.#close}
          />
          ${this.#options()}
          ${
            this.query === ''
              ? nothing
              : html`<button
                  class="button clear"
                  aria-label="Clear the filter"
                  @click=${() => this.#set('')}
                >
                  ${icon('close')}
                </button>`
          }
        </div>
        <button
          class="button icon"
          aria-label=${this.tight ? 'Quick filters and help' : 'Help on filters'}
          aria-expanded=${this.isHelpOpen}
          @click=${() => (this.isHelpOpen = !this.isHelpOpen)}
        >
          ${icon('help')}
        </button>
        <span class="tally" role="status"
          >${count(this.shown)} of
          ${count(this.total)}${this.isScanning ? ' …' : ''}</span
        >
      </div>
      ${this.isHelpOpen ? this.#help() : nothing}
      ${
        this.tight && !this.isHelpOpen
          ? nothing
          : html`<div class="chips" role="group" aria-label="Quick filters">
              ${QUICK.map(([label, term]) => this.#chip(label, term))}
            </div>`
      }
      <div id="problem" class="error" role="alert" ?hidden=${!this.error}>
        ${this.error ? this.#problem() : nothing}
      </div>
    `;
  }

  #options() {
    const { options } = this.offer;
    return html`<ul
      id="options"
      role="listbox"
      aria-label="Ways to go on"
      ?hidden=${options.length === 0}
    >
      ${options.map(
        ({ text, note }, index) =>
          html`<li
            role="option"
            id=${`option-${index}`}
            aria-selected=${index === this.option}
            @pointerdown=${(event) => {
              event.preventDefault();
              this.#accept(index);
            }}
          >
            <b>${text}</b><span>${note}</span>
          </li>`
      )}
    </ul>`;
  }

  #close() {
    this.offer = { start: 0, options: [] };
    this.option = -1;
  }

  /** Puts an option in the place of the word that was begun. */
  async #accept(index) {
    const field = this.renderRoot.querySelector('input');
    const { start, options } = this.offer;
    const { text } = options[index];
    const rest = this.query.slice(field.selectionStart);
    this.#close();
    this.#set(this.query.slice(0, start) + text + rest);
    await this.updateComplete;
    field.setSelectionRange(start + text.length, start + text.length);
  }

  #chip(label, term) {
    const terms = splitTerms(this.query);
    const state = terms.includes(term)
      ? 'in'
      : terms.includes(`!${term}`)
        ? 'out'
        : 'off';
    const hint = {
      off: `show only: ${term}`,
      in: `leave out: !${term}`,
      out: 'remove'
    }[state];
    return html`<button
      class="button ${state}"
      aria-pressed=${state === 'in' ? 'true' : state === 'out' ? 'mixed' : 'false'}
      title=${hint}
      @click=${() => this.#toggle(term, state)}
    >
      ${state === 'out' ? 'No ' : ''}${label}
    </button>`;
  }

  #toggle(term, state) {
    let rest = splitTerms(this.query).filter(
      (other) => other !== term && other !== `!${term}`
    );
    // What stands side by side binds closer.
    if (rest.includes('or') || rest.includes('||'))
      rest = [`(${rest.join(' ')})`];
    if (state === 'off') rest.push(term);
    if (state === 'in') rest.push(`!${term}`);
    this.#set(rest.join(' '));
  }

  #problem() {
    const bytes = new TextEncoder().encode(this.query);
    const part = (from, to) =>
      new TextDecoder().decode(bytes.subarray(from, to));
    const { message, start, end } = this.error;
    return html`${message}
      <pre>
${part(0, start)}<mark>${part(start, end) || '␣'}</mark>${part(end)}</pre>`;
  }

  #help() {
    return html`<div class="help">
      ${EXAMPLES.map(
        ([example, meaning]) =>
          html`<button @click=${() => this.#set(example)}>${example}</button
            ><span>${meaning}</span>`
      )}
    </div>`;
  }

  #onInput({ target }) {
    this.query = target.value;
    this.offer = complete(this.query, target.selectionStart, this.values);
    this.option = -1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), PAUSE_MS);
  }

  #onKey(event) {
    const { length } = this.offer.options;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (length > 0 && step) {
      event.preventDefault();
      // Past either end none is chosen.
      this.option = ((this.option + 1 + step + length + 1) % (length + 1)) - 1;
    } else if (this.option >= 0 && ['Enter', 'Tab'].includes(event.key)) {
      event.preventDefault();
      this.#accept(this.option);
    } else if (length > 0 && event.key === 'Escape') {
      event.stopPropagation();
      this.#close();
    } else if (event.key === 'Escape' && this.query !== '') {
      event.stopPropagation();
      this.#set('');
    } else if (event.key === 'Enter') {
      this.#close();
      this.#tell();
    }
  }

  #set(query) {
    this.query = query;
    this.#tell();
  }

  #tell() {
    clearTimeout(this.#timer);
    this.dispatchEvent(
      new CustomEvent('query', { detail: { query: this.query } })
    );
  }
}

const TERM =
  /(?:"[^"]*"|(?<![^\s!=(])\/(?:\\.|[^/\\])*\/|\((?:[^()]|\([^)]*\))*\)|[^\s"(])+/g;

/** The terms side by side; quotes, regexes and brackets keep their spaces. */
function splitTerms(query) {
  return query.match(TERM) ?? [];
}

customElements.define('fw-query-bar', QueryBar);
