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
  dl div {
    display: flex;
    gap: 8px;
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
    padding: 0 8px;
  }
  .bar select {
    width: 78px;
    min-height: 26px;
    padding: 0 4px;
  }
  .bar .chosen {
    border-color: var(--accent);
    border-width: 2px;
  }
  .top {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    align-items: start;
    justify-content: space-between;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: end;
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
  .schema {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 10px;
    align-items: center;
  }
  p.schema {
    display: block;
  }
  p.schema.problem {
    padding: 0;
  }
  .hint {
    color: var(--muted);
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
  /* Where there is little height, what is sent comes before what is said of it. */
  @container pane (max-height: 320px) {
    :host {
      display: grid;
      grid-template:
        auto auto minmax(80px, 1fr) auto / auto minmax(0, 1fr)
        auto;
      gap: 5px 12px;
      padding: 2px 12px 0;
    }
    .top {
      display: contents;
    }
    .actions {
      grid-area: 1 / 3;
    }
    div.schema {
      grid-area: 1 / 2;
    }
    .bar {
      grid-column: 1 / -1;
    }
    p.schema {
      grid-area: 4 / 1 / 5 / -1;
    }
    .content {
      grid-area: 3 / 1 / 4 / -1;
      min-height: 0;
    }
    .actions {
      flex-wrap: nowrap;
    }
    .actions .button {
      min-height: 26px;
      padding: 0 7px;
    }
    .actions .label {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .bar {
      gap: 4px;
    }
    .bar .button {
      padding: 0 5px;
    }
    .schema .input {
      min-height: 26px;
    }
    .kind,
    .ratio {
      display: none;
    }
  }
  @container pane (max-width: 420px) {
    .ratio {
      display: none;
    }
  }
`;
