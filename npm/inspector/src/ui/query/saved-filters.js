import { LitElement, css, html, nothing } from 'lit';

import {
  forgetFilter,
  saveFilter,
  savedFilters
} from '../../model/saved-filters.js';
import { icon } from '../parts/icons.js';
import { basics } from '../parts/theme.js';

/**
 * The filters that the reader named: a button for each, and one that names the
 * filter that is there. Fires `query` with `{ query }`.
 */
export class SavedFilters extends LitElement {
  static properties = {
    query: { type: String },
    /** Whether the engine does not understand the query. */
    wrong: { type: Boolean },
    isNaming: { state: true }
  };

  static styles = [
    basics,
    css`
      :host,
      form,
      .saved {
        display: contents;
      }
      .button {
        min-height: 24px;
        padding: 0 9px;
        border-radius: 12px;
        font-size: 12px;
      }
      .button svg {
        width: 12px;
        height: 12px;
      }
      .saved .button {
        max-width: 180px;
        overflow: hidden;
        border-color: var(--line-strong);
        font-weight: 600;
        text-overflow: ellipsis;
      }
      .input {
        width: 150px;
        min-height: 24px;
        font-size: 12px;
      }
    `
  ];

  constructor() {
    super();
    this.query = '';
    this.wrong = this.isNaming = false;
  }

  willUpdate(changed) {
    if (changed.has('query') && this.query.trim() === '') this.isNaming = false;
  }

  render() {
    const saved = savedFilters();
    const current = saved.find(({ query }) => query === this.query.trim());
    return html`<span class="saved" role="group" aria-label="Saved filters">
        ${saved.map(({ name, query }) => this.#saved(name, query, current))}
      </span>
      ${
        current
          ? html`<button
              class="button"
              @click=${() => this.#forget(current.name)}
            >
              ${icon('close')} Forget “${current.name}”
            </button>`
          : this.query.trim() === '' || this.wrong
            ? nothing
            : this.#name()
      }`;
  }

  #saved(name, query, current) {
    const isCurrent = current?.name === name;
    return html`<button
      class="button"
      aria-pressed=${isCurrent}
      title=${query}
      @click=${() => this.#tell(isCurrent ? '' : query)}
    >
      ${name}
    </button>`;
  }

  #name() {
    if (!this.isNaming)
      return html`<button class="button" @click=${() => this.#ask()}>
        ${icon('save')} Save filter
      </button>`;
    return html`<form @submit=${this.#onSubmit} @keydown=${this.#onKey}>
      <input
        class="input"
        name="name"
        required
        maxlength="40"
        autocomplete="off"
        aria-label="Name of the filter"
        placeholder="Name"
      />
      <button class="button primary">Save</button>
    </form>`;
  }

  async #ask() {
    this.isNaming = true;
    await this.updateComplete;
    this.renderRoot.querySelector('input').focus();
  }

  #onSubmit(event) {
    event.preventDefault();
    saveFilter(
      new FormData(event.target).get('name').trim(),
      this.query.trim()
    );
    this.#end();
  }

  #onKey(event) {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#end();
  }

  async #end() {
    this.isNaming = false;
    // Also where it was false: what is saved is not a property.
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelector('[aria-pressed=true], .button')?.focus();
  }

  #forget(name) {
    forgetFilter(name);
    this.#end();
  }

  #tell(query) {
    this.dispatchEvent(new CustomEvent('query', { detail: { query } }));
  }
}

customElements.define('fw-saved-filters', SavedFilters);
