import { css } from 'lit';

import { filterButtonStyles } from '../parts/filter-button.js';
import { listStyles } from '../parts/list-styles.js';

export const connectionListStyles = [
  listStyles,
  filterButtonStyles,
  css`
    .scroller {
      flex: 1;
    }
    .bar {
      display: flex;
      gap: 6px;
      align-items: center;
      min-height: 28px;
      padding: 2px 10px;
      border-bottom: 1px solid var(--line);
      font-size: 12px;
    }
    .bar input {
      accent-color: var(--accent);
    }
    .conn {
      display: grid;
      grid-template-columns: 1fr auto;
      gap: 1px 8px;
      align-content: center;
      height: 78px;
      padding: 4px 10px;
      border-bottom: 1px solid var(--line);
      border-left: 3px solid transparent;
      cursor: default;
    }
    .conn:hover {
      background: var(--hover);
    }
    .conn[aria-selected='true'] {
      background: var(--selected);
      border-left-color: var(--selected-line);
    }
    .conn .filter {
      width: 16px;
      margin: 0 2px;
    }
    .conn[aria-selected='true'] .filter {
      opacity: 1;
    }
    .name {
      overflow: hidden;
      font-weight: 600;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .detail {
      overflow: hidden;
      color: var(--muted);
      font-size: 12px;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .at {
      margin-left: 6px;
      color: var(--muted);
      font-weight: 400;
    }
    .state::before {
      content: '● ';
      color: var(--ok);
    }
    .state.over::before {
      content: '○ ';
      color: var(--muted);
    }
    .state.cut-off::before {
      content: '◐ ';
      color: var(--muted);
    }
    .words {
      font: 11.5px/1.4 var(--mono);
    }
    .wide {
      grid-column: 1 / -1;
    }
    .marks {
      display: inline-flex;
      gap: 6px;
    }
    .tally {
      display: inline-flex;
      gap: 3px;
      align-items: center;
      font-size: 12px;
      font-weight: 600;
    }
  `
];
