import { html } from 'lit';

import { icon } from '../parts/icons.js';
import { Dialog } from './dialog.js';

const KEYS = [
  ['↑ ↓ Page Home End', 'go through the frames, fields or bytes'],
  ['/', 'go to the filter, and by ↓ from it to what it finds'],
  ['g', 'go to the frame list, and by Enter to what is chosen'],
  ['1 2 3', 'show message, frame or connection'],
  ['f', 'follow the newest frame'],
  ['p c', 'pause a live list, clear it'],
  ['=', 'filter by the value that has the focus, or a connection’s name'],
  ['o v l e', 'open a file, paste, live source, export'],
  ['s r', 'in a proxy: send a message, or the selected one again'],
  ['Ctrl+C', 'copy bytes, in the byte view'],
  ['t', 'light or dark'],
  ['?', 'this help']
];

/** Fires `done` with an action: sample. */
export class HelpDialog extends Dialog {
  heading = 'Help';

  body() {
    return html`<p>
        Drop a file anywhere: pcap, pcapng, HAR, Chrome NetLog, hex, base64 or a
        saved session. Nothing leaves this page.
      </p>
      <p>
        <button
          class="button"
          type="button"
          @click=${() => {
            this.close();
            this.tell({ action: 'sample' });
          }}
        >
          ${icon('open')} Open the sample
        </button>
      </p>
      <p class="muted">
        A frame begins with two bytes: flags and opcode, then MASK and a length.
        Choose a frame, then any field, to see which bits it is made of. Filters
        take words, fields such as
        <span class="mono">opcode==ping</span>, and
        <span class="mono">!</span> to leave out.
      </p>
      <div class="keys">
        ${KEYS.map(
          ([keys, meaning]) =>
            html`<span
                >${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</span
              ><span>${meaning}</span>`
        )}
      </div>`;
  }
}

customElements.define('fw-help-dialog', HelpDialog);
