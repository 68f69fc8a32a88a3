import { LitElement, css, html, nothing } from 'lit';

import { count } from '../../model/format.js';
import { valueTerm } from '../../model/value-term.js';
import { filterButton, filterButtonStyles } from '../parts/filter-button.js';
import { marked, markedStyles } from '../parts/marked.js';
import { basics } from '../parts/theme.js';

/** Children shown at once; a button brings the next. */
const PAGE_LEN = 200;
/** A node with no more children than this opens by itself. */
const OPEN_LEN = 30;
const OPEN_DEPTH = 2;

/**
 * A decoded value. `tree` is `{ root, read(id, start, count) }`; nodes come
 * as they are opened. Fires `add-term` with `{ term }` for the filter.
 */
export class ValueTreeView extends LitElement {
  static properties = {
    tree: { attribute: false },
    /** Whether the places of values are those of JSON, which a filter can name. */
    isJson: { type: Boolean },
    /** What the filter looks for, a regular expression or null. */
    needles: { attribute: false }
  };

  static styles = [
    basics,
    filterButtonStyles,
    markedStyles,
    css`
      :host {
        display: block;
        overflow: auto;
        padding: 6px 10px;
        font: 12px/20px var(--mono);
      }
      .node {
        display: flex;
        gap: 6px;
        padding-left: calc(var(--depth) * 16px);
        border-radius: 3px;
        white-space: pre;
      }
      .node:hover {
        background: var(--hover);
      }
      .twist {
        width: 12px;
        flex: none;
        color: var(--muted);
      }
      .branch {
        cursor: pointer;
      }
      .key {
        color: var(--opcode);
      }
      .string,
      .text {
        color: var(--payload);
      }
      .number,
      .bigint,
      .varint {
        color: var(--flag);
      }
      .boolean,
      .null {
        color: var(--mask);
      }
      .bytes {
        color: var(--length);
      }
      .type,
      .note {
        color: var(--muted);
        font-family: var(--sans);
      }
    `
  ];

  /** By node id: its children so far, and whether they are shown. */
  #children = new Map();
  #closed = new Set();

  constructor() {
    super();
    this.tree = this.needles = null;
    this.isJson = false;
  }

  willUpdate(changed) {
    if (!changed.has('tree')) return;
    this.#children.clear();
    this.#closed.clear();
    if (this.tree) this.#open(this.tree.root, 0);
  }

  render() {
    if (!this.tree) return nothing;
    return html`<div
      role="tree"
      aria-label="Decoded value"
      @keydown=${this.#onKey}
    >
      ${this.#node(this.tree.root, 0, [])}
    </div>`;
  }

  #node(node, depth, path) {
    const children = this.#children.get(node.id);
    const isOpen = children !== undefined && !this.#closed.has(node.id);
    const isBranch = node.childCount > 0;
    return html`<div
        class="node ${isBranch ? 'branch' : ''}"
        .style=${`--depth:${depth}`}
        role="treeitem"
        aria-level=${depth + 1}
        aria-expanded=${isBranch ? isOpen : nothing}
        tabindex=${depth === 0 ? 0 : -1}
        data-id=${node.id}
        @click=${isBranch ? () => this.#toggle(node) : nothing}
      >
        <span class="twist" aria-hidden="true"
          >${isBranch ? (isOpen ? '▾' : '▸') : ''}</span
        >${
          node.key === ''
            ? nothing
            : html`<span class="key">${marked(node.key, this.needles)}:</span>`
        }<span class=${node.type.replace('?', '')}
          >${isOpen ? '' : marked(node.text, this.needles)}</span
        ><span class="type">${label(node, isOpen)}</span
        ><span class="note">${node.note}</span
        >${filterButton(this.#term(node, path))}
      </div>
      ${isOpen ? this.#below(node, children, depth + 1, path) : nothing}`;
  }

  #below(node, children, depth, path) {
    const left = node.childCount - children.length;
    return html`${children.map((child) =>
      this.#node(child, depth, [
        ...path,
        { key: child.key, isIndex: node.type === 'array' }
      ])
    )}
    ${
      left > 0 && children.length > 0
        ? html`<div class="node" .style=${`--depth:${depth}`} role="none">
            <button class="button" @click=${() => this.#read(node)}>
              ${count(Math.min(left, PAGE_LEN))} of ${count(left)} more
            </button>
          </div>`
        : nothing
    }`;
  }

  async #open(node, depth) {
    await this.#read(node);
    if (depth >= OPEN_DEPTH) return;
    for (const child of this.#children.get(node.id) ?? [])
      if (child.childCount > 0 && child.childCount <= OPEN_LEN)
        this.#open(child, depth + 1);
  }

  async #read(node) {
    const { tree } = this;
    const before = this.#children.get(node.id) ?? [];
    const more =
      node.childCount > 0
        ? await tree.read(node.id, before.length, PAGE_LEN)
        : [];
    if (tree !== this.tree) return;
    this.#children.set(node.id, [...before, ...more]);
    this.requestUpdate();
  }

  #term(node, path) {
    return valueTerm(this.isJson ? path : null, node);
  }

  #toggle(node) {
    if (!this.#children.has(node.id)) this.#read(node);
    else if (!this.#closed.delete(node.id)) this.#closed.add(node.id);
    this.requestUpdate();
  }

  #onKey(event) {
    const items = [...this.renderRoot.querySelectorAll('[role=treeitem]')];
    const at = items.indexOf(event.target);
    const isOpen = event.target.getAttribute('aria-expanded');
    switch (event.key) {
      case 'ArrowDown':
        items[at + 1]?.focus();
        break;
      case 'ArrowUp':
        items[at - 1]?.focus();
        break;
      case 'Home':
        items[0]?.focus();
        break;
      case 'End':
        items.at(-1)?.focus();
        break;
      case 'ArrowRight':
        if (isOpen === 'false') event.target.click();
        break;
      case 'ArrowLeft':
        if (isOpen === 'true') event.target.click();
        break;
      case '=':
        event.stopPropagation();
        event.target.querySelector('.filter')?.click();
        break;
      case 'Enter':
      case ' ':
        event.target.click();
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}

/** The type, where the value doesn't show it. */
function label(node, isOpen) {
  const plain = ['string', 'number', 'boolean', 'null', 'bytes'];
  if (plain.includes(node.type)) return '';
  if (node.childCount === 0)
    return ['object', 'array', 'map'].includes(node.type) ? '' : node.type;
  return isOpen ? `${node.type} · ${count(node.childCount)}` : '';
}

customElements.define('fw-value-tree', ValueTreeView);
