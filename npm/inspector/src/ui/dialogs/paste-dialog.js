import { html } from 'lit';

import { Dialog } from './dialog.js';

export class PasteDialog extends Dialog {
  heading = 'Paste bytes';

  body() {
    return html`<label class="line"
        >Hex, base64, HAR, NetLog or a JSON sequence; the format is detected.
        <textarea
          class="input"
          name="text"
          required
          autofocus
          spellcheck="false"
          placeholder="81 85 37 fa 21 3d 7f 9f 4d 51 58"
        ></textarea>
      </label>
      <div class="foot">
        <button class="button primary">Decode</button>
      </div>`;
  }

  done(data) {
    this.tell({ text: data.get('text') });
  }
}

customElements.define('fw-paste-dialog', PasteDialog);
