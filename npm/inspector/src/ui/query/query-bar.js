import { LitElement, html, nothing } from 'lit';

import { complete } from '../../model/filter/complete.js';
import { count } from '../../model/format.js';
import { icon } from '../parts/icons.js';
import { basics } from '../parts/theme.js';
import { queryBarStyles } from './query-bar-styles.js';
import { queryHelp, queryProblem } from './query-help.js';
import { quickFilters } from './quick-filters.js';
import './saved-filters.js';

/** Wait this long after a key before asking the engine, in ms. */
const PAUSE_MS = 120;

/**
 * The query line. `error` is what the engine says of it, `{ message, start,
 * end }` in UTF-8 bytes. Fires `query` with the text, and `leave` where a key
 * leads on to what is found.
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

  static styles = [basics, queryBarStyles];

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
      ${this.isHelpOpen ? queryHelp((query) => this.#set(query)) : nothing}
      ${
        this.tight && !this.isHelpOpen
          ? nothing
          : html`<div class="chips">
              ${quickFilters(this.query, (query) => this.#set(query))}
              <fw-saved-filters
                .query=${this.query}
                ?wrong=${this.error !== null}
                @query=${({ detail }) => this.#set(detail.query)}
              ></fw-saved-filters>
            </div>`
      }
      <div id="problem" class="error" role="alert" ?hidden=${!this.error}>
        ${this.error ? queryProblem(this.query, this.error) : nothing}
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
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent('leave'));
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

customElements.define('fw-query-bar', QueryBar);
