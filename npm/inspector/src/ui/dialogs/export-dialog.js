import { html } from 'lit';

import { Dialog } from './dialog.js';

const EXPORTS = [
  ['pcapng', 'pcapng', 'with handshakes; opens in Wireshark'],
  ['har', 'HAR', 'messages, as Chrome writes them'],
  ['native', 'JSON sequence', 'everything, to open here again'],
  ['hex', 'Hex', 'bytes of each frame, to read']
];

export class ExportDialog extends Dialog {
  heading = 'Export';

  body() {
    return html`<fieldset>
        <legend>Format</legend>
        ${EXPORTS.map(
          ([value, label, meaning], index) =>
            html`<label class="choice"
              ><input
                type="radio"
                name="format"
                value=${value}
                ?checked=${index === 0}
              />
              <span><b>${label}</b> <span class="muted">${meaning}</span></span>
            </label>`
        )}
      </fieldset>
      <fieldset>
        <legend>Frames</legend>
        <label class="choice"
          ><input type="radio" name="scope" value="all" checked /> All
          connections</label
        >
        <label class="choice"
          ><input type="radio" name="scope" value="view" /> Connections that the
          filter shows</label
        >
      </fieldset>
      <fieldset>
        <legend>Take out</legend>
        <label class="choice"
          ><input type="checkbox" name="secrets" />
          <span
            >Secrets
            <span class="muted"
              >cookies, authorization, URL queries, JSON tokens and
              passwords</span
            ></span
          ></label
        >
        <label class="choice"
          ><input type="checkbox" name="payloads" />
          <span
            >All payloads
            <span class="muted">lengths and close codes stay</span></span
          ></label
        >
        <label class="line"
          >JSON values called
          <input
            class="input mono"
            name="jsonKeys"
            autocomplete="off"
            placeholder="email, phone"
          />
        </label>
        <label class="line"
          >What this regular expression finds
          <input
            class="input mono"
            name="pattern"
            autocomplete="off"
            placeholder="\\d{16}"
          />
        </label>
      </fieldset>
      <div class="foot">
        <button class="button primary">Save file</button>
      </div>`;
  }

  done(data) {
    const keys = data.get('jsonKeys').split(/[\s,]+/);
    this.tell({
      format: data.get('format'),
      shownOnly: data.get('scope') === 'view',
      secrets: data.has('secrets'),
      payloads: data.has('payloads'),
      jsonKeys: keys.filter((key) => key !== ''),
      patterns: [data.get('pattern')].filter((pattern) => pattern !== '')
    });
  }
}

customElements.define('fw-export-dialog', ExportDialog);
