import { html, nothing } from 'lit';

import { bytes as size } from '../../model/format.js';
import { icon } from '../parts/icons.js';

/**
 * What is said above the panes: what takes long, what could not be read, what
 * went wrong. `chooseKeys()` is called by who wants to choose a key file.
 *
 * @param {import('../../model/session/session.js').Session} session
 */
export function notices(session, chooseKeys) {
  const { isStuck, problem, query, reading, unread } = session;
  return html`${
    isStuck
      ? html`<div class="notice" role="alert">
          ${stuckText(reading, query)}
          <button class="button" @click=${() => session.restart()}>
            Stop it
          </button>
        </div>`
      : nothing
  }
  ${
    reading
      ? html`<div class="notice" role="status">
          Reading ${reading.name} …
          <progress .value=${reading.share} aria-label="Read so far"></progress>
          ${
            reading.len
              ? `${size(reading.share * reading.len)} of ${size(reading.len)}`
              : nothing
          }
          <button class="button" @click=${() => session.stopReading()}>
            Stop
          </button>
        </div>`
      : nothing
  }
  ${
    unread && !reading
      ? html`<div class="notice" role="status">
          ${unread.sentences.join(' ')}
          ${
            unread.wantsKeys
              ? html`<button class="button" @click=${chooseKeys}>
                  Choose a key file
                </button>`
              : nothing
          }
        </div>`
      : nothing
  }
  ${
    problem === ''
      ? nothing
      : html`<div class="notice bad" role="alert">
          <span aria-hidden="true">✕</span>
          <span class="what">${problem}</span>
          <button
            class="button icon"
            aria-label="Dismiss this message"
            title="Dismiss"
            @click=${() => session.dismissProblem()}
          >
            ${icon('close')}
          </button>
        </div>`
  }`;
}

/** What it is that takes so long. */
function stuckText(reading, query) {
  if (reading) return 'Still reading this file.';
  return /\/.+\//.test(query)
    ? 'Still running. A regular expression may never finish.'
    : 'Still running.';
}
