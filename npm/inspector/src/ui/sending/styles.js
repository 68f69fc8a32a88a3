/** What the bar and its dialog look like. */
export const stylesOf = (css) => css`
  :host {
    display: block;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 8px;
    align-items: center;
    padding: 5px 12px;
  }
  .bar form {
    display: flex;
    flex: 1;
    gap: 6px;
    align-items: center;
    min-width: 180px;
    max-width: 520px;
  }
  .bar form .input {
    flex: 1;
    min-width: 0;
  }
  .counts {
    margin-left: auto;
    font-size: 12px;
    white-space: nowrap;
  }
  .problem {
    color: var(--error);
  }
  ul {
    display: flex;
    flex-direction: column;
    max-height: 24vh;
    margin: 0;
    padding: 0;
    overflow: auto;
    list-style: none;
  }
  li {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 4px 12px;
    border-top: 1px solid var(--line);
    background: color-mix(in srgb, var(--warning) 9%, transparent);
  }
  li .text {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    font: 12px var(--mono);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  li .where {
    flex: none;
    font-weight: 600;
  }
  dialog {
    width: min(620px, calc(100vw - 32px));
    max-height: calc(100vh - 48px);
    padding: 0;
    border: 1px solid var(--line-strong);
    border-radius: 10px;
    background: var(--surface);
    color: var(--text);
  }
  dialog::backdrop {
    background: rgb(8 12 20 / 0.5);
  }
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 10px 10px 10px 16px;
    border-bottom: 1px solid var(--line);
  }
  h2 {
    margin: 0;
    font-size: 14px;
  }
  .compose {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 14px 16px;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 18px;
    align-items: center;
  }
  .row label {
    display: flex;
    gap: 6px;
    align-items: center;
  }
  textarea.input {
    width: 100%;
    min-height: 190px;
    padding: 8px;
    font: 12px/1.5 var(--mono);
    resize: vertical;
  }
  .foot {
    display: flex;
    gap: 8px;
    align-items: center;
    justify-content: flex-end;
  }
  .foot .problem {
    flex: 1;
  }
  input[type='radio'] {
    accent-color: var(--accent);
  }
`;
