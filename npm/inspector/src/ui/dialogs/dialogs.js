import { LitElement, css, html } from 'lit';

import { icon } from '../parts/icons.js';
import { basics } from '../parts/theme.js';

const KEYS = [
  ['↑ ↓ Page Home End', 'go through the frames, fields or bytes'],
  ['/', 'go to the filter'],
  ['g', 'go to the frame list'],
  ['1 2 3', 'show message, frame or connection'],
  ['f', 'follow the newest frame'],
  ['p', 'pause a live list'],
  ['o v l e', 'open a file, paste, live source, export'],
  ['Ctrl+C', 'copy bytes, in the byte view'],
  ['t', 'light or dark'],
  ['?', 'this help']
];

const EXPORTS = [
  ['pcapng', 'pcapng', 'with handshakes; opens in Wireshark'],
  ['har', 'HAR', 'messages, as Chrome writes them'],
  ['native', 'JSON sequence', 'everything, to open here again'],
  ['hex', 'Hex', 'bytes of each frame, to read']
];

/**
 * A dialog of the page. Fires `done` with what was entered.
 */
class Dialog extends LitElement {
  static styles = [
    basics,
    css`
      dialog {
        width: min(620px, calc(100vw - 32px));
        max-height: calc(100vh - 48px);
        padding: 0;
        border: 1px solid var(--line-strong);
        border-radius: 10px;
        background: var(--surface);
        color: var(--text);
        box-shadow: 0 18px 60px rgb(0 0 0 / 0.35);
      }
      dialog::backdrop {
        background: rgb(8 12 20 / 0.5);
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding: 10px 10px 10px 16px;
        border-bottom: 1px solid var(--line);
      }
      h2 {
        font-size: 14px;
      }
      form {
        display: flex;
        flex-direction: column;
        gap: 12px;
        padding: 14px 16px;
      }
      .foot {
        display: flex;
        gap: 8px;
        justify-content: flex-end;
      }
      textarea.input {
        width: 100%;
        min-height: 170px;
        padding: 8px;
        font: 12px/1.5 var(--mono);
        resize: vertical;
      }
      label.line {
        display: flex;
        flex-direction: column;
        gap: 4px;
      }
      fieldset {
        display: flex;
        flex-direction: column;
        gap: 6px;
        margin: 0;
        padding: 8px 12px 10px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      legend {
        padding: 0 4px;
        font-weight: 600;
      }
      .choice {
        display: flex;
        gap: 8px;
        align-items: baseline;
      }
      input[type='radio'],
      input[type='checkbox'] {
        accent-color: var(--accent);
      }
      .keys {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 5px 18px;
      }
      kbd {
        padding: 1px 5px;
        border: 1px solid var(--line-strong);
        border-bottom-width: 2px;
        border-radius: 4px;
        background: var(--raised);
        font: 12px var(--mono);
      }
    `
  ];

  show() {
    const dialog = this.renderRoot.querySelector('dialog');
    if (!dialog.open) dialog.showModal();
  }

  close() {
    this.renderRoot.querySelector('dialog').close();
  }

  render() {
    return html`<dialog aria-labelledby="title">
      <div class="head">
        <h2 id="title">${this.heading}</h2>
        <button
          class="button icon"
          aria-label="Close"
          @click=${() => this.close()}
        >
          ${icon('close')}
        </button>
      </div>
      <form
        @submit=${(event) => {
          event.preventDefault();
          this.close();
          this.done(new FormData(event.target));
        }}
      >
        ${this.body()}
      </form>
    </dialog>`;
  }

  done() {}

  tell(detail) {
    this.dispatchEvent(new CustomEvent('done', { detail }));
  }
}

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

export class LiveDialog extends Dialog {
  heading = 'Watch a live source';

  /** Begins with the tap that was watched last. */
  show(tap) {
    super.show();
    if (!tap) return;
    this.renderRoot.querySelector('[name=url]').value = tap.url;
    this.renderRoot.querySelector('[name=token]').value = tap.token ?? '';
  }

  body() {
    return html`<p class="muted">
        The address of a tap: the path that
        <span class="mono">inspect()</span> serves in an app, or the one that
        the proxy prints. What is open now is closed.
      </p>
      <label class="line"
        >Address
        <input
          class="input mono"
          name="url"
          type="url"
          required
          value="http://127.0.0.1:3000/__frames/stream"
        />
      </label>
      <label class="line"
        >Token, if the tap asks for one
        <input class="input mono" name="token" autocomplete="off" />
      </label>
      <div class="foot">
        <button class="button primary">Connect</button>
      </div>`;
  }

  done(data) {
    this.tell({ url: data.get('url'), token: data.get('token') });
  }
}

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

customElements.define('fw-paste-dialog', PasteDialog);
customElements.define('fw-live-dialog', LiveDialog);
customElements.define('fw-export-dialog', ExportDialog);
customElements.define('fw-help-dialog', HelpDialog);
