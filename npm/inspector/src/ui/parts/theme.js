import { css } from 'lit';

/**
 * Colours, type and spacing, for the outermost element. Everything below
 * inherits them. `color-scheme` decides between each pair.
 */
export const theme = css`
  :host {
    color-scheme: light dark;
    --bg: light-dark(#eef1f5, #0d1117);
    --surface: light-dark(#ffffff, #151b23);
    --raised: light-dark(#f6f8fa, #1c232d);
    --hover: light-dark(#eef3fb, #202937);
    --line: light-dark(#d5dce5, #2b3442);
    --line-strong: light-dark(#7d8998, #6b7a8f);
    --text: light-dark(#18202b, #e6ebf2);
    --muted: light-dark(#4f5b6b, #a3afbf);
    --accent: light-dark(#1f5ad6, #86aeff);
    --on-accent: light-dark(#ffffff, #0b1220);
    --selected: light-dark(#dbe7ff, #23365c);
    --selected-line: light-dark(#1f5ad6, #86aeff);
    --error: light-dark(#b3211a, #ff9b92);
    --error-bg: light-dark(#fdeceb, #3a1b1c);
    --warning: light-dark(#7f4e00, #f0bd63);
    --warning-bg: light-dark(#fdf3df, #35290f);
    --info: light-dark(#1b5fa8, #8cc3ff);
    --info-bg: light-dark(#e8f2fd, #15293f);
    --found: light-dark(#ffe58a, #6b5200);
    --ok: light-dark(#17693a, #7bd69a);
    --in: light-dark(#7a3bb8, #d0a7ff);
    --out: light-dark(#0b6e74, #6cd4d8);

    --flag: light-dark(#6d28b0, #d3aeff);
    --flag-bg: light-dark(#f1e7fb, #33244a);
    --opcode: light-dark(#1d55c4, #9bbcff);
    --opcode-bg: light-dark(#e3ecfd, #1f3157);
    --mask: light-dark(#9a3d06, #ffb27d);
    --mask-bg: light-dark(#fdebdf, #45281a);
    --length: light-dark(#0c6a6d, #6fd3d3);
    --length-bg: light-dark(#dcf3f2, #123839);
    --close: light-dark(#a5213c, #ff9fb0);
    --close-bg: light-dark(#fce6ea, #441f29);
    --payload: light-dark(#3c5a14, #b5d680);
    --payload-bg: light-dark(#ecf4df, #273418);

    --sans: system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
    --mono:
      ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', Menlo,
      Consolas, 'DejaVu Sans Mono', monospace;
    --radius: 6px;
    --row: 26px;

    color: var(--text);
    background: var(--bg);
    font: 13px/1.45 var(--sans);
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
`;

/** What every shadow root needs: buttons, focus rings, text helpers. */
export const basics = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  h2,
  h3,
  p,
  ul,
  dl,
  dd,
  pre {
    margin: 0;
    padding: 0;
  }
  h2,
  h3 {
    font-size: 12px;
    font-weight: 650;
  }
  ul {
    list-style: none;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }
  .mono {
    font-family: var(--mono);
    font-size: 12px;
  }
  .muted {
    color: var(--muted);
  }
  .button {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 28px;
    padding: 0 10px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    cursor: pointer;
    white-space: nowrap;
  }
  .button:hover {
    background: var(--hover);
    border-color: var(--line-strong);
  }
  .button[aria-pressed='true'],
  .button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  .button.icon {
    width: 28px;
    padding: 0;
    justify-content: center;
  }
  .button svg {
    width: 15px;
    height: 15px;
    flex: none;
  }
  .input {
    min-height: 30px;
    padding: 0 9px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .empty {
    padding: 24px 16px;
    color: var(--muted);
    text-align: center;
  }
`;
