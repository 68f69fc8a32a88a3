import { html } from 'lit';

import { Dialog } from './dialog.js';

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

customElements.define('fw-live-dialog', LiveDialog);
