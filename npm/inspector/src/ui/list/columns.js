import { html, nothing } from 'lit';

import {
  clock,
  count,
  duration,
  plural,
  shortLen
} from '../../model/format.js';
import { keep, kept } from '../../model/kept.js';
import { opcodeInfo } from '../../model/opcodes.js';
import { severityMark } from '../parts/findings.js';

/**
 * The columns of the frame list: what each is called in the menu and in the
 * head, its width, and its cell for a row and the row before it.
 */
const COLUMNS = {
  time: [
    'Time since the start',
    'Time (s)',
    '58px',
    number(({ time }) => clock(time))
  ],
  local: [
    'Time of day, local',
    'Local',
    '88px',
    number(({ wall }) => wallClock(wall, false))
  ],
  utc: [
    'Time of day, UTC',
    'UTC',
    '88px',
    number(({ wall }) => wallClock(wall, true))
  ],
  delta: [
    'Since the frame above',
    'After',
    '68px',
    number(({ time }, above) => (above ? duration(time - above.time) : ''))
  ],
  conn: ['Connection', 'Conn', '34px', number(({ conn }) => conn)],
  from: ['From', 'From', '72px', fromCell],
  opcode: ['Opcode', 'Opcode', '54px', opcodeCell],
  flags: ['Flags', 'Flags', '46px', (row) => cell('flags', flags(row))],
  wire: ['Bytes on the wire', 'Wire', '60px', lenCell('wireLen')],
  len: ['Bytes of payload', 'Bytes', '56px', lenCell('payloadLen')],
  inflated: ['Bytes inflated', 'Inflated', '64px', lenCell('inflatedLen')]
};
const USUAL = ['time', 'from', 'opcode', 'flags', 'len'];
const SMALL = ['from', 'opcode', 'len'];

/** Which columns are shown. */
export class Columns {
  /** What the reader chose, or null for what is usual. */
  #chosen = kept('columns') === '' ? null : kept('columns').split(',');

  /** The names of those shown, in order. */
  shown(showsConn, isSmall) {
    const usual = showsConn && !isSmall ? [...USUAL, 'conn'] : USUAL;
    const wanted = this.#chosen ?? (isSmall ? SMALL : usual);
    return Object.keys(COLUMNS).filter((name) => wanted.includes(name));
  }

  toggle(name, shown) {
    this.#chosen = shown.includes(name)
      ? shown.filter((other) => other !== name)
      : [...shown, name];
    keep('columns', this.#chosen.join(',') || 'none');
  }
}

export function template(names) {
  const widths = names.map((name) => COLUMNS[name][2]);
  return ['var(--ids)', ...widths, 'minmax(80px, 1fr)', '18px'].join(' ');
}

export function heads(names) {
  const isNumber = (name) => !['from', 'opcode', 'flags'].includes(name);
  return html`<span class="number">#</span>${names.map(
      (name) =>
        html`<span class=${isNumber(name) ? 'number' : ''}
          >${COLUMNS[name][1]}</span
        >`
    )}<span>Payload</span><span></span>`;
}

/** A box for each column; `toggle` is called with a name. */
export function choices(names, toggle) {
  return Object.entries(COLUMNS).map(
    ([name, [label]]) =>
      html`<label
        ><input
          type="checkbox"
          .checked=${names.includes(name)}
          @change=${() => toggle(name)}
        />
        ${label}</label
      >`
  );
}

export function cells(names, row, above) {
  const { preview, skip = 0 } = row;
  return html`<span class="number mono muted" role="gridcell"
      >${count(row.id + 1)}</span
    >
    ${names.map((name) => COLUMNS[name][3](row, above))}
    <span
      class="mono preview ${row.isText ? 'text' : 'binary'}"
      role="gridcell"
      title=${skip > 0 ? preview : nothing}
      >${skip > 0 ? html`<span class="muted">…</span>${preview.slice(skip)}` : preview}</span
    >
    <span role="gridcell"
      >${row.severity ? severityMark(row.severity) : nothing}</span
    >`;
}

function cell(kind, content, title = nothing) {
  return html`<span class=${kind} role="gridcell" title=${title}
    >${content}</span
  >`;
}

function number(text) {
  return (row, above) => cell('number mono', text(row, above));
}

function lenCell(field) {
  return ({ [field]: len }) =>
    Number.isNaN(len)
      ? cell('number mono', '')
      : cell('number mono', shortLen(len), plural(len, 'byte'));
}

function fromCell({ toClient }) {
  const from = toClient ? 'server' : 'client';
  return cell(`from ${from}`, `${toClient ? '▼' : '▲'} ${from}`);
}

function opcodeCell({ opcode }) {
  const { name, short, group } = opcodeInfo(opcode);
  return cell(
    '',
    html`<span class="chip ${group}" title=${name}>${short}</span>`
  );
}

/** "12:34:56.789", or nothing where the source has no clock. */
function wallClock(ms, isUtc) {
  if (Number.isNaN(ms)) return '';
  const offset = isUtc ? 0 : new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offset).toISOString().slice(11, 23);
}

const FLAG_NAMES = ['FIN', 'RSV1', 'RSV2', 'RSV3', 'MASK'];
const FLAG_LETTERS = 'F123M';

/** Five letters, a dot for each that is clear; in words for a reader. */
function flags({ flags: bits }) {
  const set = FLAG_NAMES.filter((_, index) => bits & (1 << index));
  const words = set.join(', ') || 'no flags';
  return html`<span role="img" aria-label=${words} title=${words}
    >${Array.from(FLAG_LETTERS, (letter, index) =>
      bits & (1 << index) ? letter : html`<span class="off">·</span>`
    )}</span
  >`;
}
