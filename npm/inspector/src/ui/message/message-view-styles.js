import { css } from 'lit';

export const messageViewStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 8px;
    min-height: 0;
    padding: 6px 12px 10px;
  }
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 8px;
  }
  dd {
    margin-right: 8px;
  }
  dt {
    color: var(--muted);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .bar .button {
    min-height: 26px;
    padding: 0 9px;
  }
  .bar select {
    min-height: 26px;
  }
  .bar .chosen {
    border-color: var(--accent);
    border-width: 2px;
  }
  .top {
    display: flex;
    gap: 12px;
    align-items: start;
    justify-content: space-between;
  }
  .actions {
    display: flex;
    gap: 6px;
  }
  .ids {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .link {
    padding: 0 4px;
    border: 0;
    background: none;
    color: var(--accent);
    text-decoration: underline;
    cursor: pointer;
  }
  .content {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 120px;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .content > * {
    flex: 1;
    min-height: 0;
  }
  .problem {
    padding: 12px;
    color: var(--error);
  }
  .ratio {
    display: inline-block;
    width: 90px;
    height: 9px;
    margin-left: 6px;
    overflow: hidden;
    border: 1px solid var(--line-strong);
    border-radius: 5px;
    vertical-align: middle;
  }
  .ratio i {
    display: block;
    height: 100%;
    background: var(--accent);
  }
`;
