import { LitElement, css, html, nothing } from 'lit';

import {
  fieldGroup,
  fieldLabel,
  fieldPlace,
  fieldValue
} from '../../model/field-info.js';
import { plural } from '../../model/format.js';
import { fieldTerm } from '../../model/value-term.js';
import { filterButton, filterButtonStyles } from '../parts/filter-button.js';
import { fieldColours } from '../parts/field-colours.js';
import { basics } from '../parts/theme.js';

const BODY = new Set(['closeCode', 'closeReason', 'payload']);

/** Rules about less than a byte, and the field that breaks them. */
const RULE_FIELDS = {
  'rsv1-without-extension': 'rsv1',
  'rsv2-without-extension': 'rsv2',
  'rsv3-without-extension': 'rsv3',
  'rsv1-on-continuation': 'rsv1',
  'rsv1-on-control': 'rsv1',
  'reserved-opcode': 'opcode',
  'unmasked-client-frame': 'mask',
  'masked-server-frame': 'mask',
  'fragmented-control': 'fin',
  'orphan-continuation': 'opcode',
  'interrupted-message': 'opcode'
};

/**
 * The frame's fields as a tree: header and payload.
 *
 * Fires `select-field` with the field's index.
 */
export class FieldTree extends LitElement {
  static properties = {
    frame: { attribute: false },
    selected: { type: Number },
    closed: { state: true }
  };

  static styles = [
    basics,
    fieldColours,
    filterButtonStyles,
    css`
      :host {
        display: block;
      }
      .item {
        display: grid;
        grid-template-columns: 14px minmax(86px, auto) 1fr auto;
        gap: 8px;
        align-items: center;
        min-height: 24px;
        padding: 1px 10px 1px 8px;
        border-left: 3px solid transparent;
        cursor: pointer;
      }
      .branch {
        font-weight: 600;
      }
      .leaf {
        padding-left: 22px;
      }
      .item:hover {
        background: var(--hover);
      }
      .item[aria-selected='true'] {
        background: var(--selected);
        border-left-color: var(--selected-line);
      }
      .swatch {
        width: 12px;
        height: 12px;
        border: 1px solid var(--c);
        border-radius: 3px;
        background: var(--c-bg);
      }
      .value {
        font-family: var(--mono);
        font-size: 12px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .place {
        color: var(--muted);
        font-size: 12px;
        white-space: nowrap;
      }
      .bad {
        color: var(--error);
        font-weight: 600;
      }
    `
  ];

  constructor() {
    super();
    this.frame = null;
    this.selected = -1;
    this.closed = new Set();
  }

  render() {
    if (!this.frame) return nothing;
    const { fields } = this.frame;
    const entries = fields.map((field, index) => ({ field, index }));
    const header = entries.filter(({ field }) => !BODY.has(field.kind));
    const body = entries.filter(({ field }) => BODY.has(field.kind));
    return html`<div
      role="tree"
      aria-label="Fields of the frame"
      @keydown=${this.#onKey}
    >
      ${this.#branch('Header', this.frame.headerLen, header)}
      ${
        body.length > 0
          ? this.#branch('Payload', this.frame.payloadLen, body)
          : nothing
      }
    </div>`;
  }

  #branch(name, len, entries) {
    const isOpen = !this.closed.has(name);
    return html`<div
        class="item branch"
        role="treeitem"
        aria-level="1"
        aria-expanded=${isOpen}
        aria-selected="false"
        tabindex=${this.selected < 0 && name === 'Header' ? 0 : -1}
        data-branch=${name}
        @click=${() => this.#toggle(name)}
      >
        <span aria-hidden="true">${isOpen ? '▾' : '▸'}</span>
        <span>${name}</span><span></span>
        <span class="place">${plural(len, 'byte')}</span>
      </div>
      ${isOpen ? entries.map((entry) => this.#leaf(entry)) : nothing}`;
  }

  #leaf({ field, index }) {
    const isSelected = index === this.selected;
    const isBad = this.frame.findings.some((finding) =>
      overlaps(finding, field)
    );
    return html`<div
      class="item leaf ${fieldGroup(field)}"
      role="treeitem"
      aria-level="2"
      aria-selected=${isSelected}
      tabindex=${isSelected ? 0 : -1}
      data-index=${index}
      @click=${() => this.#select(index)}
    >
      <span class="swatch" aria-hidden="true"></span>
      <span
        >${fieldLabel(field)}${
          isBad
            ? html` <span class="bad" title="Breaks a rule">!</span>`
            : nothing
        }</span
      >
      <span class="value">${this.#value(field)}</span>
      <span class="place"
        >${filterButton(fieldTerm(field, this.frame))}${fieldPlace(field)}</span
      >
    </div>`;
  }

  /** A payload's beginning says more than its length. */
  #value(field) {
    const isPayload = BODY.has(field.kind) && field.kind !== 'closeCode';
    return isPayload && this.frame.preview
      ? this.frame.preview
      : fieldValue(field);
  }

  #select(index) {
    this.dispatchEvent(new CustomEvent('select-field', { detail: { index } }));
  }

  #toggle(name, isOpen = this.closed.has(name)) {
    const closed = new Set(this.closed);
    if (isOpen) closed.delete(name);
    else closed.add(name);
    this.closed = closed;
  }

  #onKey(event) {
    const items = [...this.renderRoot.querySelectorAll('[role=treeitem]')];
    const at = items.indexOf(event.target);
    const { branch } = event.target.dataset;
    const go = (item) => item && this.#goTo(item);
    switch (event.key) {
      case 'ArrowDown':
        go(items[at + 1]);
        break;
      case 'ArrowUp':
        go(items[at - 1]);
        break;
      case 'Home':
        go(items[0]);
        break;
      case 'End':
        go(items.at(-1));
        break;
      case 'ArrowLeft':
        if (branch) this.#toggle(branch, false);
        else go(items.slice(0, at).findLast(({ dataset }) => dataset.branch));
        break;
      case 'ArrowRight':
        if (branch) this.#toggle(branch, true);
        break;
      case '=':
        event.stopPropagation();
        event.target.querySelector('.filter')?.click();
        break;
      case 'Enter':
      case ' ':
        if (branch) this.#toggle(branch);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  #goTo(item) {
    if (item.dataset.index !== undefined)
      this.#select(Number(item.dataset.index));
    this.updateComplete.then(() => {
      item.tabIndex = 0;
      item.focus();
    });
  }
}

function overlaps(finding, field) {
  const only = RULE_FIELDS[finding.rule];
  if (only) return only === field.kind;
  const start = finding.start * 8;
  const end = start + finding.len * 8;
  return field.bitOffset < end && field.bitOffset + field.bitLen > start;
}

customElements.define('fw-field-tree', FieldTree);
