import { LitElement, css, html, nothing } from 'lit';

import { clock, count } from '../../model/format.js';
import { findingStyles, severityMark } from '../parts/findings.js';
import { basics } from '../parts/theme.js';

const PAGE_LEN = 100;

/**
 * What lint found, by rule; a rule opens to its findings.
 *
 * `rules` are `{ rule, title, section, severity, count }`;
 * `readFindings(rule, start, count)` promises findings. Fires `choose-id`
 * with a frame's id and a byte, and `query` to filter by a rule.
 */
export class LintPanel extends LitElement {
  static properties = {
    rules: { attribute: false },
    /** What it says without any. */
    empty: { type: String },
    readFindings: { attribute: false },
    open: { state: true },
    found: { state: true }
  };

  static styles = [
    basics,
    findingStyles,
    css`
      :host {
        display: block;
        overflow: auto;
      }
      .rule {
        display: grid;
        grid-template-columns: 16px 1fr auto;
        gap: 2px 8px;
        width: 100%;
        padding: 6px 10px;
        border: 0;
        border-bottom: 1px solid var(--line);
        background: none;
        text-align: left;
        cursor: pointer;
      }
      .rule:hover,
      .one:hover {
        background: var(--hover);
      }
      .rule .title {
        color: var(--text);
      }
      .rule .section {
        grid-column: 2;
        color: var(--muted);
        font-size: 12px;
      }
      .rule .times {
        color: var(--text);
        font-weight: 600;
      }
      .one {
        display: flex;
        gap: 8px;
        width: 100%;
        padding: 3px 10px 3px 34px;
        border: 0;
        background: none;
        font-size: 12px;
        text-align: left;
        cursor: pointer;
      }
      .one .where {
        margin-left: auto;
        white-space: nowrap;
      }
      .more {
        margin: 4px 10px 8px 34px;
      }
    `
  ];

  constructor() {
    super();
    this.rules = [];
    this.empty = '';
    this.readFindings = null;
    this.open = null;
    this.found = [];
  }

  willUpdate(changed) {
    if (!changed.has('rules') || this.open === null) return;
    const rule = this.rules.find(({ rule }) => rule === this.open);
    if (!rule) this.open = null;
    else if (rule.count > this.found.length && this.found.length < PAGE_LEN)
      this.#read(0);
  }

  render() {
    if (this.rules.length === 0)
      return html`<p class="empty">${this.empty}</p>`;
    return html`<ul>
      ${this.rules.map((rule) => this.#rule(rule))}
    </ul>`;
  }

  #rule({ rule, title, section, severity, count: times }) {
    const isOpen = rule === this.open;
    return html`<li>
      <button
        class="rule ${severity}"
        aria-expanded=${isOpen}
        @click=${() => this.#toggle(rule)}
      >
        ${severityMark(severity)}
        <span class="title">${title}</span>
        <span class="times">${count(times)}×</span>
        <span class="section">${section}</span>
      </button>
      ${isOpen ? this.#findings(rule, times) : nothing}
    </li>`;
  }

  #findings(rule, times) {
    const left = times - this.found.length;
    return html`<ul>
        ${this.found.map(
          (finding) =>
            html`<li>
              <button
                class="one"
                ?disabled=${finding.frame === null}
                @click=${() => this.#choose(finding)}
              >
                <span>${where(finding)}</span>
                <span class="where mono">${clock(finding.time)} s</span>
              </button>
            </li>`
        )}
      </ul>
      <div class="more">
        ${
          left > 0
            ? html`<button
                class="button"
                @click=${() => this.#read(this.found.length)}
              >
                ${count(Math.min(left, PAGE_LEN))} of ${count(left)} more
              </button>`
            : nothing
        }
        <button class="button" @click=${() => this.#filter(rule)}>
          Filter by this rule
        </button>
      </div>`;
  }

  #toggle(rule) {
    this.open = this.open === rule ? null : rule;
    this.found = [];
    if (this.open) this.#read(0);
  }

  async #read(start) {
    const rule = this.open;
    const more = await this.readFindings(rule, start, PAGE_LEN);
    if (more && rule === this.open)
      this.found = [...this.found.slice(0, start), ...more];
  }

  #choose(finding) {
    this.dispatchEvent(
      new CustomEvent('choose-id', {
        detail: { id: finding.frame, finding }
      })
    );
  }

  #filter(rule) {
    this.dispatchEvent(
      new CustomEvent('query', { detail: { query: `lint==${rule}` } })
    );
  }
}

function where({ conn, frame, start }) {
  return frame === null
    ? `connection ${conn}, byte ${count(start)} of the stream`
    : `frame ${count(frame + 1)}`;
}

customElements.define('fw-lint-panel', LintPanel);
