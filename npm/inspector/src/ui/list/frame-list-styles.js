import { css } from 'lit';

import { listStyles } from '../parts/list-styles.js';
import { markedStyles } from '../parts/marked.js';

/** What the list of frames looks like. */
export const frameListStyles = [
  listStyles,
  markedStyles,
  css`
    :host {
      position: relative;
    }
    .choose {
      position: absolute;
      top: 2px;
      right: 2px;
      z-index: 2;
    }
    .choose summary {
      display: grid;
      place-items: center;
      width: 26px;
      height: 24px;
      margin-left: auto;
      border-radius: var(--radius);
      background: var(--raised);
      cursor: pointer;
      list-style: none;
    }
    .choose svg {
      width: 15px;
      height: 15px;
    }
    .choose summary:hover {
      background: var(--hover);
    }
    .choose div {
      display: grid;
      gap: 4px;
      padding: 8px 12px;
      border: 1px solid var(--line-strong);
      border-radius: var(--radius);
      background: var(--surface);
      box-shadow: 0 6px 20px rgb(0 0 0 / 0.25);
    }
    .choose input {
      accent-color: var(--accent);
    }
    .head,
    .row {
      display: grid;
      grid-template-columns: var(--columns);
      align-items: center;
      column-gap: 8px;
      padding: 0 10px;
    }
    .head {
      min-height: 28px;
      overflow: hidden;
      scrollbar-gutter: stable;
      border-bottom: 1px solid var(--line);
      background: var(--raised);
      color: var(--muted);
      font-size: 12px;
      font-weight: 600;
    }
    .head button {
      display: flex;
      gap: 2px;
      overflow: hidden;
      padding: 4px 0;
      border: 0;
      background: none;
      font-weight: 600;
      cursor: pointer;
      white-space: nowrap;
    }
    .head button.number {
      justify-content: end;
    }
    .head button:hover,
    .head button:has(b) {
      color: var(--accent);
    }
    .scroller {
      flex: 1;
      scrollbar-gutter: stable;
      background: var(--surface);
    }
    .row {
      height: 26px;
      border-bottom: 1px solid color-mix(in srgb, var(--line) 55%, transparent);
      border-left: 3px solid transparent;
      cursor: default;
    }
    .head {
      border-left: 3px solid transparent;
    }
    .row > * {
      overflow: hidden;
      white-space: nowrap;
      text-overflow: ellipsis;
    }
    .row:hover {
      background: var(--hover);
    }
    .row[aria-selected='true'] {
      background: var(--selected);
      border-left-color: var(--selected-line);
    }
    .number {
      text-align: right;
      font-variant-numeric: tabular-nums;
    }
    .row > .from {
      font-weight: 550;
      text-overflow: clip;
    }
    :host([small]) .head .from {
      overflow: hidden;
      text-indent: 20px;
    }
    .client {
      color: var(--out);
    }
    .server {
      color: var(--in);
    }
    .chip {
      display: inline-block;
      min-width: 50px;
      padding: 0 5px;
      border-radius: 4px;
      font: 650 11px/17px var(--mono);
      text-align: center;
      border: 1px solid currentColor;
    }
    .data {
      color: var(--opcode);
      background: var(--opcode-bg);
    }
    .control {
      color: var(--mask);
      background: var(--mask-bg);
      border-style: dashed;
    }
    .close,
    .reserved {
      color: var(--close);
      background: var(--close-bg);
      border-style: double;
      border-width: 1px 3px;
    }
    .flags {
      font: 11px/1 var(--mono);
      letter-spacing: 1px;
    }
    .flags .off {
      color: var(--muted);
      opacity: 0.55;
    }
    .preview.binary {
      color: var(--muted);
    }
    .waiting {
      color: var(--muted);
    }
    .empty {
      background: var(--surface);
    }
    .empty .button {
      margin: 10px 3px 0;
      color: var(--text);
    }
    .mark {
      margin-right: 5px;
      color: var(--accent);
      font-weight: 600;
    }
  `
];
