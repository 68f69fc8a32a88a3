import { LitElement, css, html, nothing } from 'lit';

import { nameTerm } from '../../model/filter/value-term.js';
import { closeCodeName } from '../../model/names/close-codes.js';
import { count, duration, bytes, plural } from '../../model/format.js';
import { findingStyles, severityMark } from '../parts/findings.js';
import { filterButton, filterButtonStyles } from '../parts/filter-button.js';
import { basics } from '../parts/theme.js';

const EXPLAINED = {
  'sec-websocket-key': 'A random value that the server must answer.',
  'sec-websocket-accept':
    'SHA-1 of the key and a fixed GUID, in base64: the answer to the key.',
  'sec-websocket-extensions': 'Extensions offered, or agreed on.',
  'sec-websocket-protocol': 'Subprotocols offered, or the one agreed on.',
  'sec-websocket-version': 'Always 13 (RFC 6455).',
  upgrade: 'The protocol to change to.',
  connection: 'Says that Upgrade is meant for this hop.'
};

const PROTOCOL = 'sec-websocket-protocol';
const EXTENSIONS = 'sec-websocket-extensions';

const STARTS = {
  handshake: 'with the handshake',
  frames: 'with the first frame; the handshake was not captured',
  midstream: 'in the middle of the connection; no prior window'
};
const SOURCES = {
  wire: 'bytes as they were on the wire',
  messages:
    'messages only: frames were rebuilt, so masking keys, fragments and ' +
    'compression are not the original ones',
  headers: 'frame headers only; payloads are missing'
};

/**
 * One connection: what seems wrong, its handshake, what was agreed on, both
 * directions, and how long things took. Fires `choose-id` with a frame's id.
 */
export class ConnectionView extends LitElement {
  static properties = { connection: { attribute: false } };

  static styles = [
    basics,
    filterButtonStyles,
    findingStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 12px;
        padding: 10px 12px;
        overflow: auto;
      }
      section {
        overflow: hidden;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      h2 {
        padding: 5px 10px;
        border-bottom: 1px solid var(--line);
        background: var(--raised);
      }
      .start {
        padding: 6px 10px;
        font-family: var(--mono);
        font-size: 12px;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 3px 10px;
        border-top: 1px solid color-mix(in srgb, var(--line) 60%, transparent);
        text-align: left;
        vertical-align: top;
      }
      th {
        width: 1%;
        font-weight: 500;
        color: var(--muted);
        white-space: nowrap;
      }
      td {
        overflow-wrap: anywhere;
      }
      thead th {
        width: auto;
        color: var(--text);
        font-weight: 600;
      }
      .diagnoses li {
        display: flex;
        gap: 8px;
        padding: 6px 10px;
        border-top: 1px solid color-mix(in srgb, var(--line) 60%, transparent);
      }
      .diagnoses p {
        color: var(--text);
      }
      .link {
        padding: 0;
        border: 0;
        background: none;
        color: var(--accent);
        text-decoration: underline;
        cursor: pointer;
      }
      small {
        display: block;
        color: var(--muted);
        font-size: 11.5px;
      }
    `
  ];

  constructor() {
    super();
    this.connection = null;
  }

  render() {
    const { connection } = this;
    if (!connection) return nothing;
    const { row } = connection;
    return html`
      <section>
        <h2>Connection ${row.id}</h2>
        <table>
          <tbody>
            ${fact('URL', row.url, row.url && `url==${JSON.stringify(row.url)}`)}
            ${fact('Name', row.name, nameTerm(row.name))}
            ${fact('State', row.state)}
            ${fact('Subprotocol', connection.subprotocol ?? agreed(connection, PROTOCOL, 'none'))}
            ${fact('Compression', row.deflate ?? agreed(connection, EXTENSIONS, 'not negotiated'))}
            ${fact('Client', connection.client)}
            ${fact('Server', connection.server)}
            ${fact('Duration', row.first === null ? null : duration(row.last - row.first))}
            ${fact('Capture begins', STARTS[connection.start])}
            ${fact('Source', SOURCES[row.source])}
          </tbody>
        </table>
      </section>
      ${this.#diagnoses()} ${head('Request', connection.request)}
      ${head('Response', connection.response)} ${lanes(connection)}
      ${this.#timing()}
    `;
  }

  #diagnoses() {
    const { diagnoses } = this.connection;
    if (diagnoses.length === 0) return nothing;
    return html`<section>
      <h2>Diagnosis</h2>
      <ul class="diagnoses">
        ${diagnoses.map(
          ({ severity, seen, advice, frame }) =>
            html`<li class=${severity}>
              ${severityMark(severity)}
              <p>
                <b>${seen}</b> ${frame === null ? nothing : this.#link(frame)}
                <small>${advice}</small>
              </p>
            </li>`
        )}
      </ul>
    </section>`;
  }

  #timing() {
    const { timing } = this.connection;
    const [toServer, toClient] = timing.gaps;
    return html`<section>
      <h2>Timing</h2>
      <table>
        <tbody>
          ${fact('Handshake', took(timing.handshake))}
          ${fact('Gaps, client', gaps(toServer))}
          ${fact('Gaps, server', gaps(toClient))}
          ${this.#listed(
            'Pings',
            timing.pingCount,
            timing.pings,
            ({ ping, roundTrip }) =>
              html`${this.#link(ping)}
              ${roundTrip === null ? 'no pong' : duration(roundTrip)}`
          )}
          ${this.#listed(
            'Fragmented',
            timing.fragmentedCount,
            timing.fragmented,
            ({ frame, fragments, duration: ns }) =>
              html`${frame === null ? nothing : this.#link(frame)} ${fragments}
              fragments in ${duration(ns)}`
          )}
          ${timing.close ? this.#close(timing.close) : nothing}
        </tbody>
      </table>
    </section>`;
  }

  #close({ byClient, close, answerAfter, endAfter }) {
    const who = byClient ? 'client' : 'server';
    const answer =
      answerAfter === null
        ? 'not answered'
        : `answered in ${duration(answerAfter)}`;
    const end = endAfter === null ? '' : `, ended ${duration(endAfter)} later`;
    return fact(
      'Close',
      html`${this.#link(close)} by the ${who}, ${answer}${end}`
    );
  }

  #listed(name, total, entries, show) {
    if (total === 0) return nothing;
    const more = total - entries.length;
    return fact(
      name,
      html`<ul>
        ${entries.map((entry) => html`<li>${show(entry)}</li>`)}
        ${more > 0 ? html`<li>and ${count(more)} more</li>` : nothing}
      </ul>`
    );
  }

  #link(id) {
    return html`<button
      class="link"
      @click=${() =>
        this.dispatchEvent(new CustomEvent('choose-id', { detail: { id } }))}
    >
      frame ${count(id + 1)}
    </button>`;
  }
}

/** With a term by which the filter finds what has the same. */
function fact(name, value, term = null) {
  if (value === null || value === undefined) return nothing;
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${value}${filterButton(term, true)}</td>
  </tr>`;
}

/** What the response says, where the engine has no say in it. */
function agreed({ response }, field, none) {
  if (!response) return 'unknown: the handshake was not captured';
  const found = response.fields.find(
    ({ name }) => name.toLowerCase() === field
  );
  return found?.value ?? none;
}

function took(ns) {
  return ns === null ? null : duration(ns);
}

function gaps({ count: times, median, p95, longest }) {
  if (times === 0) return null;
  return (
    `median ${duration(median)}, p95 ${duration(p95)}, ` +
    `longest ${duration(longest)}`
  );
}

function head(title, data) {
  if (!data) return nothing;
  return html`<section>
    <h2>${title}</h2>
    <p class="start">${data.startLine}</p>
    <table>
      <tbody>
        ${data.fields.map(({ name, value }) => {
          const explained = EXPLAINED[name.toLowerCase()];
          return html`<tr>
            <th scope="row">${name}</th>
            <td>
              <span class="mono">${value}</span>
              ${explained ? html`<small>${explained}</small>` : nothing}
            </td>
          </tr>`;
        })}
      </tbody>
    </table>
  </section>`;
}

const LANE_ROWS = [
  ['Bytes', ({ streamLen }) => bytes(streamLen)],
  ['Frames', ({ frames }) => count(frames)],
  ['Messages', ({ messages }) => count(messages)],
  ['Payload', ({ payloadLen }) => bytes(payloadLen)],
  [
    'Compression',
    ({ inflatedMessages, compressedLen, inflatedLen }) =>
      inflatedMessages === 0
        ? 'none'
        : `${plural(inflatedMessages, 'message')}, ` +
          `${bytes(inflatedLen)} in ${bytes(compressedLen)}`
  ],
  [
    'Close code',
    ({ isClosed, closeCode }) =>
      closeCode !== null
        ? `${closeCode} ${closeCodeName(closeCode)}`
        : isClosed
          ? 'close frame without a code'
          : 'no close frame'
  ],
  ['End', ({ end }) => (end ? `${end.how}, at ${duration(end.time)}` : 'open')],
  [
    'Missing',
    ({ missing }) =>
      missing.length === 0
        ? 'nothing'
        : `${bytes(missing.reduce((sum, { len }) => sum + len, 0))} in ` +
          plural(missing.length, 'gap')
  ],
  [
    'Not frames',
    ({ regions }) => {
      const unframed = regions.filter(({ kind }) => kind === 'unframed');
      return unframed.length === 0
        ? 'nothing'
        : bytes(unframed.reduce((sum, { len }) => sum + len, 0));
    }
  ]
];

function lanes({ toServer, toClient }) {
  return html`<section>
    <h2>Both directions</h2>
    <table>
      <thead>
        <tr>
          <td></td>
          <th scope="col">▲ from the client</th>
          <th scope="col">▼ from the server</th>
        </tr>
      </thead>
      <tbody>
        ${LANE_ROWS.map(
          ([name, show]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${show(toServer)}</td>
              <td>${show(toClient)}</td>
            </tr>`
        )}
      </tbody>
    </table>
  </section>`;
}

customElements.define('fw-connection-view', ConnectionView);
