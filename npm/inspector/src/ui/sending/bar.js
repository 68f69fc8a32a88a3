import { LitElement, css, html, nothing } from 'lit';

import { loadSending } from 'lazy:';

import { dialogStyles } from '../dialogs/dialog-styles.js';
import { icon } from '../parts/icons.js';
import { basics } from '../parts/theme.js';

let loading = null;

/**
 * The bar by which messages are sent and held, once its script is there.
 *
 * @param {import('../../model/session/session.js').Session} session
 * @param {string | null} url where the proxy takes what is to be done
 * @param {() => void} loaded called when the script is there
 */
export function sendingBar(session, url, loaded) {
  const live = session.status?.live;
  if (!url || live?.state !== 'open') return nothing;
  loading ??= loadSending().then((define) => {
    define({ LitElement, basics, css, dialogStyles, html, icon, nothing });
    loaded();
  });
  loading.catch(() => (loading = null));
  if (!customElements.get('fw-sending')) return nothing;
  const { frame, message } = session.selection;
  const connections = session.status.connections.filter(
    ({ state, tap }) => state === 'open' && tap !== undefined
  );
  return html`<section aria-label="Send and hold">
    <fw-sending
      url=${new URL(url, document.baseURI).href}
      .connections=${connections}
      .conn=${session.conn}
      .message=${message && frame ? { ...message, conn: frame.conn } : null}
    ></fw-sending>
  </section>`;
}
