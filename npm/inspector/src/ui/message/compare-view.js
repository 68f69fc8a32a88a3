import { LitElement, css, html, nothing } from 'lit';

import { count, plural } from '../../model/format.js';
import { basics } from '../parts/theme.js';

const MODES = { text: 'Text', json: 'JSON', bytes: 'Bytes' };
const SIGNS = { changed: '≠', left: '−', right: '+' };

/**
 * Two messages side by side. `compare(mode)` promises what the decode worker
 * finds, with null for the mode that suits both. What is in the element stands
 * at the end of its bar.
 */
export class CompareView extends LitElement {
  static properties = {
    left: { attribute: false },
    right: { attribute: false },
    compare: { attribute: false },
    mode: { state: true },
    result: { state: true },
    problem: { state: true }
  };

  static styles = [
    basics,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        align-items: center;
        padding: 6px 10px;
        border-bottom: 1px solid var(--line);
      }
      slot {
        display: block;
        margin-left: auto;
      }
      .bar .button {
        min-height: 26px;
      }
      .scroller {
        flex: 1;
        min-height: 0;
        overflow: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        table-layout: fixed;
      }
      th {
        position: sticky;
        top: 0;
        padding: 4px 10px;
        border-bottom: 1px solid var(--line);
        background: var(--raised);
        font-size: 12px;
        text-align: left;
      }
      td {
        padding: 1px 8px;
        font: 12px/18px var(--mono);
        overflow-wrap: anywhere;
        vertical-align: top;
        white-space: pre-wrap;
      }
      .sign {
        width: 26px;
        padding: 1px 4px;
        color: var(--muted);
        text-align: center;
      }
      td + td + td {
        border-left: 1px solid var(--line);
      }
      .changed td:not(.sign),
      .left td.one,
      .right td.other {
        background: var(--hover);
      }
      mark {
        border-radius: 2px;
        color: inherit;
      }
      .one mark {
        background: var(--error-bg);
        color: var(--error);
      }
      .other mark {
        background: var(--payload-bg);
        color: var(--payload);
      }
      .skipped td {
        background: var(--raised);
        color: var(--muted);
        text-align: center;
      }
      p {
        padding: 12px;
      }
      .bad {
        color: var(--error);
      }
    `
  ];

  #generation = 0;

  constructor() {
    super();
    this.left = this.right = this.compare = null;
    this.mode = this.result = null;
    this.problem = '';
  }

  willUpdate(changed) {
    if (['left', 'right', 'mode'].some((name) => changed.has(name)))
      this.#load();
  }

  render() {
    const { result, problem } = this;
    return html`<div class="bar" role="group" aria-label="Compare as">
        ${Object.entries(MODES).map(
          ([name, label]) =>
            html`<button
              class="button"
              aria-pressed=${(this.mode ?? result?.mode) === name}
              @click=${() => (this.mode = name)}
            >
              ${label}
            </button>`
        )}
        <span class="muted" role="status">${result ? tally(result) : ''}</span>
        <slot></slot>
      </div>
      ${
        problem
          ? html`<p class="bad" role="alert">${problem}</p>`
          : result
            ? this.#table(result)
            : nothing
      }`;
  }

  #table({ rows }) {
    return html`<div
      class="scroller"
      role="region"
      tabindex="0"
      aria-label="The two messages"
    >
      <table>
        <thead>
          <tr>
            <th class="sign"><span class="sr">Difference</span></th>
            <th scope="col">${title(this.left)}</th>
            <th scope="col">${title(this.right)}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => line(row))}
        </tbody>
      </table>
    </div>`;
  }

  async #load() {
    const generation = ++this.#generation;
    this.problem = '';
    try {
      const result = await this.compare(this.mode);
      if (generation === this.#generation) this.result = result;
    } catch (error) {
      if (generation !== this.#generation) return;
      this.result = null;
      this.problem = `Can’t be compared as ${MODES[this.mode] ?? 'they are'}: ${error.message}`;
    }
  }
}

function title({ frames, toClient, bytes }) {
  return `Frame ${count(frames[0] + 1)}, from the ${toClient ? 'server' : 'client'}, ${plural(bytes.length, 'byte')}`;
}

function tally({ differences, isCut }) {
  const found =
    differences === 0
      ? 'No difference'
      : `${plural(differences, 'line')} ${differences === 1 ? 'differs' : 'differ'}`;
  return isCut ? `${found}, as far as they are compared` : found;
}

function line({ kind, left, right, count: skipped }) {
  if (kind === 'skipped')
    return html`<tr class="skipped">
      <td colspan="3">${plural(skipped, 'equal line')}</td>
    </tr>`;
  return html`<tr class=${kind}>
    <td class="sign">${SIGNS[kind] ?? ''}</td>
    <td class="one">${left.map(part)}</td>
    <td class="other">${right.map(part)}</td>
  </tr>`;
}

function part([text, isMarked]) {
  return isMarked ? html`<mark>${text}</mark>` : text;
}

customElements.define('fw-compare-view', CompareView);
