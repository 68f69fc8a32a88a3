import { html } from 'lit';

import { splitTerms, toggled } from '../../model/terms.js';

/** Terms that people often want; each is put in, then left out, then gone. */
const QUICK = [
  ['Text', 'opcode==text'],
  ['Binary', 'opcode==binary'],
  ['Control', 'control'],
  ['From client', 'dir==client'],
  ['From server', 'dir==server'],
  ['Compressed', 'compressed'],
  ['Findings', 'lint']
];

/** A button for each of them; `set(query)` is called with what a click makes of the query. */
export function quickFilters(query, set) {
  return html`<div class="chips quick" role="group" aria-label="Quick filters">
    ${QUICK.map(([label, term]) => chip(label, term, query, set))}
  </div>`;
}

function chip(label, term, query, set) {
  const terms = splitTerms(query);
  const state = terms.includes(term)
    ? 'in'
    : terms.includes(`!${term}`)
      ? 'out'
      : 'off';
  const hint = {
    off: `show only: ${term}`,
    in: `leave out: !${term}`,
    out: 'remove'
  }[state];
  return html`<button
    class="button ${state}"
    aria-pressed=${state === 'in' ? 'true' : state === 'out' ? 'mixed' : 'false'}
    title=${hint}
    @click=${() => set(toggled(query, term, state))}
  >
    ${state === 'out' ? 'No ' : ''}${label}
  </button>`;
}
