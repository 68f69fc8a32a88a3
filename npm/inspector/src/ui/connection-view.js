import { LitElement, css, html, nothing } from 'lit';

import { closeCodeName } from '../model/close-codes.js';
import { count, duration, octets, plural } from '../model/format.js';
import { basics } from './theme.js';

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

const STARTS = {
  handshake: 'with the handshake',
  frames: 'with the first frame; the handshake was not captured',
  midstream: 'in the middle of the connection; no prior window'
};
const SOURCES = {
  wire: 'octets as they were on the wire',
  messages:
    'messages only: frames were written anew, so masking keys, fragments and ' +
    'compression are not the original ones',
  headers: 'frame headers only; payloads are missing'
};

/** One connection: its handshake, what was agreed on, both directions. */
export class ConnectionView extends LitElement {
  static properties = { connection: { attribute: false } };

  static styles = [
    basics,
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
      h3 {
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
        <h3>Connection ${row.id}</h3>
        <table>
          <tbody>
            ${fact('URL', row.url)} ${fact('State', row.state)}
            ${fact('Subprotocol', connection.subprotocol ?? 'none')}
            ${fact('Compression', row.deflate ?? 'not negotiated')}
            ${fact('Client', connection.client)}
            ${fact('Server', connection.server)}
            ${fact('Duration', row.first === null ? null : duration(row.last - row.first))}
            ${fact('Capture begins', STARTS[connection.start])}
            ${fact('Source', SOURCES[connection.source])}
          </tbody>
        </table>
      </section>
      ${head('Request', connection.request)}
      ${head('Response', connection.response)} ${lanes(connection)}
    `;
  }
}

function fact(name, value) {
  if (value === null || value === undefined) return nothing;
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${value}</td>
  </tr>`;
}

function head(title, data) {
  if (!data) return nothing;
  return html`<section>
    <h3>${title}</h3>
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
  ['Octets', ({ streamLen }) => octets(streamLen)],
  ['Frames', ({ frames }) => count(frames)],
  ['Messages', ({ messages }) => count(messages)],
  ['Payload', ({ payloadLen }) => octets(payloadLen)],
  [
    'Compression',
    ({ inflatedMessages, compressedLen, inflatedLen }) =>
      inflatedMessages === 0
        ? 'none'
        : `${plural(inflatedMessages, 'message')}, ` +
          `${octets(inflatedLen)} in ${octets(compressedLen)}`
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
        : `${octets(missing.reduce((sum, { len }) => sum + len, 0))} in ` +
          plural(missing.length, 'gap')
  ],
  [
    'Not frames',
    ({ regions }) => {
      const unframed = regions.filter(({ kind }) => kind === 'unframed');
      return unframed.length === 0
        ? 'nothing'
        : octets(unframed.reduce((sum, { len }) => sum + len, 0));
    }
  ]
];

function lanes({ toServer, toClient }) {
  return html`<section>
    <h3>Both directions</h3>
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
