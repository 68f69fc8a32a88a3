import { css } from 'lit';

export const queryBarStyles = css`
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
  .chips .quick,
  .chips fw-saved-filters {
    display: contents;
  }
  .chips .button {
    min-height: 24px;
    padding: 0 7px;
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
    max-height: 40cqh;
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
`;
