import { act, listen } from './control.js';
import {
  base64Message,
  bytesOf,
  draftOf,
  messageOf,
  problemOf
} from './draft.js';
import { stylesOf } from './styles.js';

const KINDS = { text: 'Text', json: 'JSON', hex: 'Hex' };

/**
 * Defines `<fw-sending>`: the bar by which messages are sent and held, and the
 * dialog in which they are written. It comes in a file of its own, and so has to
 * be given what the page has of Lit.
 */
export default function define({
  LitElement,
  basics,
  css,
  dialogStyles,
  html,
  icon,
  nothing
}) {
  class Sending extends LitElement {
    static properties = {
      /** Where the proxy takes what is to be done. */
      url: { type: String },
      /** The open connections: `{ id, tap, url }`. */
      connections: { attribute: false },
      /** The connection that is shown, or null. */
      conn: { attribute: false },
      /** The selected message: `{ conn, toClient, opcode, bytes }`, or null. */
      message: { attribute: false },
      state: { state: true },
      problem: { state: true },
      draft: { state: true }
    };

    static styles = [basics, dialogStyles, stylesOf(css)];

    #abort = null;

    constructor() {
      super();
      this.connections = [];
      this.conn = this.message = this.state = this.draft = null;
      this.problem = '';
    }

    connectedCallback() {
      super.connectedCallback();
      this.#abort = new AbortController();
      const { signal } = this.#abort;
      listen(this.url, {
        signal,
        onState: (state) => (this.state = state)
      }).catch(({ message }) => {
        if (signal.aborted) return;
        this.state = null;
        this.problem = message;
      });
    }

    disconnectedCallback() {
      super.disconnectedCallback();
      this.#abort.abort();
    }

    /** Writes a message from nothing. */
    compose() {
      const { conn, connections } = this;
      const to = connections.find(({ id }) => id === conn) ?? connections[0];
      this.#open({ conn: to?.tap, isOut: false, kind: 'text', text: '' });
    }

    /** Writes the selected message again. */
    resend() {
      const { bytes, conn, opcode, toClient } = this.message;
      const to = this.connections.find(({ id }) => id === conn);
      const draft = draftOf(bytes, opcode === 1);
      this.#open({ conn: to?.tap, isOut: toClient, ...draft });
    }

    render() {
      const { state } = this;
      const isHolding = (state?.query ?? null) !== null;
      const canSend = state !== null && this.connections.length > 0;
      return html`<div class="bar">
          <button
            class="button"
            title="Send a message (s)"
            ?disabled=${!canSend}
            @click=${this.compose}
          >
            Send…
          </button>
          <button
            class="button"
            title="Edit the selected message and send it (r)"
            ?disabled=${!canSend || !this.canResend}
            @click=${this.resend}
          >
            Resend…
          </button>
          <form @submit=${this.#hold}>
            <input
              class="input"
              name="query"
              aria-label="Which messages to hold"
              placeholder="hold messages: a filter, or nothing for all"
              ?disabled=${isHolding || !state}
              spellcheck="false"
              autocomplete="off"
            />
            <button
              class="button"
              ?disabled=${!state}
              aria-pressed=${isHolding}
            >
              ${isHolding ? 'Stop holding' : 'Hold'}
            </button>
          </form>
          ${
            this.problem && !this.draft
              ? html`<span class="problem" role="alert">${this.problem}</span>`
              : nothing
          }
          ${state ? this.#counts() : nothing}
        </div>
        ${
          state?.held.length
            ? html`<ul aria-label="Held messages">
                ${state.held.map((held) => this.#held(held))}
              </ul>`
            : nothing
        }
        ${this.#dialog()}`;
    }

    /** Whether the selected message can be sent again. */
    get canResend() {
      const { message } = this;
      return (
        message !== null &&
        (message.opcode === 1 || message.opcode === 2) &&
        (message.form === 'plain' || message.form === 'inflated') &&
        this.connections.some(({ id }) => id === message.conn)
      );
    }

    #counts() {
      const { sent, passed, changed, dropped } = this.state.counts;
      return html`<span class="counts muted" role="status"
        >by hand: ${sent} sent, ${changed} changed, ${dropped} dropped,
        ${passed} passed on</span
      >`;
    }

    #held(held) {
      const { conn, data, id, isOut, isText } = held;
      const { text } = draftOf(bytesOf(data), isText);
      const to = this.connections.find(({ tap }) => tap === conn);
      return html`<li>
        <span class="where"
          >${isOut ? '▼ server' : '▲ client'} #${to?.id ?? '?'}</span
        >
        <span class="text" title=${text.slice(0, 2000)}
          >${text.slice(0, 300)}</span
        >
        <button
          class="button"
          @click=${() => this.#open({ held: id, conn, isOut, ...draftOf(bytesOf(data), isText) })}
        >
          Change…
        </button>
        <button class="button" @click=${() => this.#release(id, 'pass')}>
          Pass on
        </button>
        <button class="button" @click=${() => this.#release(id, 'drop')}>
          Drop
        </button>
      </li>`;
    }

    #dialog() {
      const { draft } = this;
      const isHeld = draft?.held !== undefined;
      return html`<dialog aria-labelledby="title" @close=${this.#closed}>
        ${
          draft === null
            ? nothing
            : html`<div class="head">
                  <h2 id="title">
                    ${isHeld ? 'Change a held message' : 'Send a message'}
                  </h2>
                  <button
                    class="button icon"
                    aria-label="Close"
                    @click=${() => this.#element.close()}
                  >
                    ${icon('close')}
                  </button>
                </div>
                <form class="compose" @submit=${this.#submit}>
                  ${isHeld ? nothing : this.#to()}
                  <div class="row" role="radiogroup" aria-label="Written as">
                    ${Object.entries(KINDS).map(
                      ([kind, label]) =>
                        html`<label
                          ><input
                            type="radio"
                            name="kind"
                            .checked=${draft.kind === kind}
                            @change=${() => this.#edit({ kind })}
                          />${label}</label
                        >`
                    )}
                    ${isHeld ? nothing : this.#file()}
                  </div>
                  <textarea
                    class="input"
                    aria-label="The message"
                    spellcheck="false"
                    .value=${draft.text}
                    @input=${({ target }) => this.#edit({ text: target.value })}
                  ></textarea>
                  <div class="foot">
                    <span class="problem" role="alert"
                      >${problemOf(draft) || this.problem}</span
                    >
                    <button
                      class="button primary"
                      ?disabled=${problemOf(draft) !== ''}
                    >
                      ${isHeld ? 'Change and pass on' : 'Send'}
                    </button>
                  </div>
                </form>`
        }
      </dialog>`;
    }

    #to() {
      const { draft } = this;
      return html`<div class="row">
        <label
          >Connection
          <select
            class="input"
            @change=${({ target }) => this.#edit({ conn: +target.value })}
          >
            ${this.connections.map(
              ({ id, tap, url }) =>
                html`<option value=${tap} ?selected=${tap === draft.conn}>
                  #${id} ${url ?? ''}
                </option>`
            )}
          </select></label
        >
        <span class="row"
          >${[
            [false, 'to the server'],
            [true, 'to the client']
          ].map(
            ([isOut, label]) =>
              html`<label
                ><input
                  type="radio"
                  name="to"
                  .checked=${draft.isOut === isOut}
                  @change=${() => this.#edit({ isOut })}
                />${label}</label
              >`
          )}</span
        >
      </div>`;
    }

    #file() {
      return html`<label
        >or a file
        <input
          type="file"
          @change=${async ({ target }) => {
            const [file] = target.files;
            if (!file) return;
            const bytes = new Uint8Array(await file.arrayBuffer());
            await this.#send(base64Message(bytes));
          }}
      /></label>`;
    }

    get #element() {
      return this.renderRoot.querySelector('dialog');
    }

    async #open(draft) {
      this.draft = draft;
      this.problem = '';
      await this.updateComplete;
      if (!this.#element.open) this.#element.showModal();
      this.renderRoot.querySelector('textarea').focus();
    }

    #edit(change) {
      this.draft = { ...this.draft, ...change };
    }

    #closed = () => {
      this.draft = null;
    };

    #submit = (event) => {
      event.preventDefault();
      this.#send(messageOf(this.draft));
    };

    async #send(message) {
      const { conn, held, isOut } = this.draft;
      const isDone = await this.#act(
        held === undefined
          ? { do: 'send', conn, isOut, ...message }
          : { do: 'release', id: held, how: 'change', ...message }
      );
      if (isDone) this.#element.close();
    }

    #release(id, how) {
      return this.#act({ do: 'release', id, how });
    }

    #hold = (event) => {
      event.preventDefault();
      const query = new FormData(event.target).get('query');
      this.#act({
        do: 'hold',
        query: this.state.query === null ? query : null
      });
    };

    async #act(action) {
      this.problem = '';
      try {
        await act(this.url, action);
        return true;
      } catch ({ message }) {
        this.problem = message;
        return false;
      }
    }
  }

  customElements.define('fw-sending', Sending);
}
