import { css, html } from 'lit';

import { parts } from '../../model/highlight.js';

/** A text in which what the filter looks for is marked. */
export function marked(text, needles) {
  if (!needles) return text;
  return parts(text, needles).map(([part, isMarked]) =>
    isMarked ? html`<mark>${part}</mark>` : part
  );
}

export const markedStyles = css`
  mark {
    border-radius: 2px;
    background: var(--found);
    color: inherit;
  }
`;
