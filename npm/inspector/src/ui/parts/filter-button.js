import { css, html, nothing } from 'lit';

import { icon } from './icons.js';

/**
 * A button that adds a term to the filter; it shows where the pointer or the
 * focus is. In a tree, `=` does the same and Tab passes it by; elsewhere Tab
 * goes to it. Fires `add-term` with `{ term }`, which goes up to whoever has
 * the filter.
 */
export function filterButton(term, isTabStop = false) {
  if (term === null) return nothing;
  return html`<button
    class="filter"
    tabindex=${isTabStop ? 0 : -1}
    aria-label=${`Filter by ${term}`}
    aria-hidden=${isTabStop ? nothing : 'true'}
    title=${`Filter by ${term}${isTabStop ? '' : ' (=)'}`}
    @click=${(event) => {
      event.stopPropagation();
      addTerm(event.target, term);
    }}
  >
    ${icon('filter')}
  </button>`;
}

/** Fires `add-term` from an element. */
export function addTerm(element, term) {
  const init = { detail: { term }, bubbles: true, composed: true };
  element.dispatchEvent(new CustomEvent('add-term', init));
}

export const filterButtonStyles = css`
  .filter {
    display: inline-grid;
    place-items: center;
    width: 24px;
    height: 18px;
    margin: 0 4px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    cursor: pointer;
    opacity: 0;
    vertical-align: bottom;
  }
  .filter svg {
    width: 13px;
    height: 13px;
    pointer-events: none;
  }
  .filter:focus-visible,
  :is(:hover, :focus-visible) > .filter,
  :is(:hover, :focus-visible) > * > .filter {
    opacity: 1;
  }
  @media (hover: none) {
    .filter {
      opacity: 1;
    }
  }
`;
