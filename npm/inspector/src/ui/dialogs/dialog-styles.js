import { css } from 'lit';

/** What every dialog looks like: its head, its form and its foot. */
export const dialogStyles = css`
  dialog {
    width: min(620px, calc(100vw - 32px));
    max-height: calc(100vh - 48px);
    padding: 0;
    border: 1px solid var(--line-strong);
    border-radius: 10px;
    background: var(--surface);
    color: var(--text);
    box-shadow: 0 18px 60px rgb(0 0 0 / 0.35);
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
  .foot {
    display: flex;
    gap: 8px;
    align-items: center;
    justify-content: flex-end;
  }
  textarea.input {
    width: 100%;
    min-height: 180px;
    padding: 8px;
    font: 12px/1.5 var(--mono);
    resize: vertical;
  }
  input[type='radio'],
  input[type='checkbox'] {
    accent-color: var(--accent);
  }
`;
