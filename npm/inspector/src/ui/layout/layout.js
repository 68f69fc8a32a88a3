import { css } from 'lit';

/** Where the panes are: three columns, two with a wide side below, or one. */
export const layout = css`
  :host {
    position: relative;
    display: block;
    min-width: 0;
    min-height: 0;
    overflow: hidden;
    height: 100%;
    /* What is in it never says how large it is: its box does, or else this. */
    container-type: size;
    contain-intrinsic-size: 960px 640px;
  }
  .all {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column;
  }
  .panes {
    display: grid;
    flex: 1;
    grid-template-columns:
      minmax(200px, var(--split-side)) minmax(0, 1fr)
      calc(100% - var(--split-detail));
    grid-template-rows: minmax(0, 1fr);
    min-height: 0;
  }
  .side,
  .list,
  .detail {
    display: flex;
    flex-direction: column;
    position: relative;
    min-width: 0;
    min-height: 0;
  }
  .side {
    border-right: 1px solid var(--line);
  }
  .side h2 {
    padding: 6px 10px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
    color: var(--muted);
  }
  .side section {
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }
  .side .first {
    flex: none;
    height: var(--split-findings);
  }
  .side section + section h2 {
    border-top: 1px solid var(--line);
  }
  fw-connection-list,
  fw-lint-panel {
    flex: 1;
    min-height: 0;
    background: var(--surface);
  }
  fw-frame-list {
    flex: 1;
  }
  .detail {
    border-left: 1px solid var(--line);
    background: var(--surface);
  }
  .tabs {
    display: flex;
    gap: 2px;
    padding: 0 8px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
  }
  .tabs button {
    padding: 8px 12px 6px;
    border: 0;
    border-bottom: 3px solid transparent;
    background: none;
    color: var(--muted);
    font-weight: 550;
    cursor: pointer;
  }
  .tabs button:hover {
    color: var(--text);
  }
  .tabs button[aria-selected='true'] {
    border-bottom-color: var(--accent);
    color: var(--text);
    font-weight: 650;
  }
  .panel {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
    overflow: auto;
    container: pane / size;
  }
  .panel > fw-frame-view,
  .panel > fw-message-view,
  .panel > fw-connection-view {
    flex: 1 0 auto;
  }
  .panel > fw-message-view {
    flex: 1;
  }
  .summary {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    padding: 8px 12px 0;
    color: var(--muted);
  }
  @container pane (max-height: 320px) {
    .summary {
      padding-top: 4px;
    }
  }
  .summary b {
    color: var(--text);
  }
  .notice {
    display: flex;
    gap: 10px;
    align-items: center;
    padding: 6px 12px;
    border-bottom: 1px solid var(--line);
    background: var(--info-bg);
  }
  .notice.bad {
    background: var(--error-bg);
    color: var(--error);
  }
  .notice .what {
    flex: 1;
    overflow-wrap: anywhere;
  }
  progress {
    accent-color: var(--accent);
  }
  .drop {
    position: absolute;
    inset: 10px;
    z-index: 10;
    display: grid;
    place-items: center;
    border: 3px dashed var(--accent);
    border-radius: 14px;
    background: color-mix(in srgb, var(--surface) 88%, transparent);
    font-size: 20px;
    font-weight: 600;
    pointer-events: none;
  }
  .switch {
    display: none;
  }
  :host([short]) fw-timeline,
  :host([shape='narrow']) fw-timeline {
    display: none;
  }
  /* There is room for the rows alone, and for what finds them. */
  :host([tiny]) :is(.top, .bottom) {
    display: none;
  }
  :host([shape='stacked']) .panes {
    grid-template-columns: minmax(200px, var(--split-side)) minmax(0, 1fr);
    grid-template-rows: var(--split-below) minmax(0, 1fr);
  }
  :host([shape='stacked']) .side {
    grid-row: 1 / span 2;
  }
  :host([shape='stacked']) .detail {
    border-top: 1px solid var(--line);
    border-left: 0;
  }
  :host([shape='narrow']) .panes {
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  }
  :host([shape='narrow']) :is(.side, .list, .detail) {
    display: none;
    border: 0;
  }
  :host([shape='narrow']) .panes[data-pane='side'] .side,
  :host([shape='narrow']) .panes[data-pane='list'] .list,
  :host([shape='narrow']) .panes[data-pane='detail'] .detail {
    display: flex;
  }
  :host([shape='narrow']) .notice:not(.bad) {
    flex-wrap: wrap;
  }
  :host([shape='narrow']) .switch {
    display: flex;
    border-top: 1px solid var(--line);
    background: var(--surface);
  }
  .switch button {
    flex: 1;
    padding: 7px 4px;
    border: 0;
    border-top: 3px solid transparent;
    background: none;
    cursor: pointer;
  }
  .switch button[aria-pressed='true'] {
    border-top-color: var(--accent);
    font-weight: 650;
  }
`;
