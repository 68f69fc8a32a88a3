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
    max-height: 24cqh;
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
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 18px;
    align-items: center;
  }
  .row label {
    display: flex;
    min-width: 0;
    max-width: 100%;
    gap: 6px;
    align-items: center;
  }
  .row select {
    min-width: 0;
  }
  .row input[type='file'] {
    min-width: 0;
    max-width: 230px;
  }
  @container (max-width: 700px) {
    .bar {
      padding: 4px 8px;
    }
    .counts {
      display: none;
    }
  }
  .foot .problem {
    flex: 1;
  }
`;
