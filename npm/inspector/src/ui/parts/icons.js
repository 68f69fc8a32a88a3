import { svg, html } from 'lit';

const PATHS = {
  open: svg`<path d="M2 12.5v-9h4l1.5 2H14v7z"/>`,
  paste: svg`<path d="M4 3h8v11H4zM6 1.5h4v3H6z"/>`,
  live: svg`<circle cx="8" cy="8" r="2"/><path d="M4.5 11.5a5 5 0 0 1 0-7M11.5 4.5a5 5 0 0 1 0 7"/>`,
  save: svg`<path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11"/>`,
  theme: svg`<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor"/>`,
  help: svg`<circle cx="8" cy="8" r="6"/><path d="M6 6.3a2 2 0 1 1 2.8 1.8c-.6.3-.8.6-.8 1.2M8 11.3v.4"/>`,
  pause: svg`<path d="M5.5 3v10M10.5 3v10"/>`,
  play: svg`<path d="M4.5 3v10l8-5z"/>`,
  stop: svg`<path d="M4 4h8v8H4z"/>`,
  follow: svg`<path d="m4 3.5 4 4 4-4M4 8.5l4 4 4-4"/>`,
  keep: svg`<path d="M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 9h3"/>`,
  search: svg`<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>`,
  filter: svg`<path d="M2.5 3.5h11l-4.2 5v4.5l-2.6-1.6V8.5z"/>`,
  clear: svg`<circle cx="8" cy="8" r="5.5"/><path d="m4.2 4.2 7.6 7.6"/>`,
  compare: svg`<path d="M2.5 3.5h4.5v9H2.5zM9 3.5h4.5v9H9z"/>`,
  columns: svg`<path d="M2.5 3.5h11v9h-11zM6.2 3.5v9M9.8 3.5v9"/>`,
  close: svg`<path d="m4 4 8 8M12 4l-8 8"/>`
};

/** A picture beside a name; it says nothing on its own. */
export function icon(name) {
  return html`<svg
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${PATHS[name]}
  </svg>`;
}
