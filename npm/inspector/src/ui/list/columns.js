import { html, nothing } from 'lit';

import {
  clock,
  count,
  duration,
  plural,
  shortLen
} from '../../model/format.js';
import { keep, kept } from '../../model/kept.js';
import { MARKS } from '../../model/marks.js';
import { opcodeInfo } from '../../model/names/opcodes.js';
import { severityMark } from '../parts/findings.js';
import { marked } from '../parts/marked.js';

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
  delta: ['Since the frame above', 'After', '68px', number(sinceAbove)],
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
/** Of several connections: whose a frame is matters more than its length. */
const SMALL_OF_SEVERAL = ['conn', 'from', 'opcode'];

/** Which columns are shown. */
export class Columns {
  /** What the reader chose, or null for what is usual. */
  #chosen = kept('columns') === '' ? null : kept('columns').split(',');

  /** The names of those shown, in order. */
  shown(showsConn, isSmall) {
    const small = showsConn ? SMALL_OF_SEVERAL : SMALL;
    const usual = showsConn ? [...USUAL, 'conn'] : USUAL;
    const wanted = this.#chosen ?? (isSmall ? small : usual);
    return Object.keys(COLUMNS).filter((name) => wanted.includes(name));
  }

  toggle(name, shown) {
    this.#chosen = shown.includes(name)
      ? shown.filter((other) => other !== name)
      : [...shown, name];
    keep('columns', this.#chosen.join(',') || 'none');
  }
}

/** Where it is small, who sends is told by the arrow alone. */
export function template(names, isSmall) {
  const widths = names.map((name) =>
    isSmall && name === 'from' ? '14px' : COLUMNS[name][2]
  );
  return ['var(--ids)', ...widths, 'minmax(64px, 1fr)', '18px'].join(' ');
}

/**
 * The names of the columns. Where `sortBy` is a function, each is a button
 * that calls it with the column, or null for the order in which frames came.
 */
export function heads(names, sort, sortBy) {
  const kindOf = (name) =>
    name === 'from' ? name : ['opcode', 'flags'].includes(name) ? '' : 'number';
  const head = (name, label, title, kind = '') =>
    sortBy
      ? sortButton({ name, label, title, kind, sort, sortBy })
      : html`<span class=${kind}>${label}</span>`;
  return html`${head(null, '#', 'As they came', 'number')}
  ${names.map((name) =>
    head(name, COLUMNS[name][1], COLUMNS[name][0], kindOf(name))
  )}<span>Payload</span>${head('severity', sortBy ? '!' : '', 'Findings')}`;
}

function sortButton({ name, label, title, kind, sort, sortBy }) {
  const isSorted = name !== null && sort?.column === name;
  const way = isSorted ? (sort.isDescending ? 'descending' : 'ascending') : '';
  const what = name === null ? title : `Sort by: ${title}`;
  return html`<button
    class=${kind}
    aria-label=${isSorted ? `${what}, ${way}` : what}
    aria-pressed=${name === null ? sort === null : isSorted}
    title=${what}
    @click=${() => sortBy(name)}
  >
    ${label}${isSorted ? html`<b>${sort.isDescending ? '↓' : '↑'}</b>` : nothing}
  </button>`;
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

export function cells(names, row, above, needles) {
  const { preview, skip = 0 } = row;
  return html`<span class="number mono muted" role="gridcell"
      >${count(row.id + 1)}</span
    >
    ${names.map((name) => COLUMNS[name][3](row, above))}
    <span
      class="mono preview ${row.isText ? 'text' : 'binary'}"
      role="gridcell"
      title=${skip > 0 ? preview : nothing}
      >${mark(row)}${skip > 0 ? html`<span class="muted">…</span>` : nothing}${marked(preview.slice(skip), needles)}</span
    >
    <span role="gridcell"
      >${row.severity ? severityMark(row.severity) : nothing}</span
    >`;
}

/** Who made the frame, where that isn't the sender alone. */
function mark({ mark: name }) {
  if (!name) return nothing;
  const [sign, title] = MARKS[name];
  return html`<span class="mark" role="img" aria-label=${title} title=${title}
    >${sign}</span
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

/** Rows that are sorted bring it along, for another frame is above them. */
function sinceAbove({ time, after }, above) {
  const ns = after ?? (above ? time - above.time : NaN);
  return Number.isNaN(ns) ? '' : duration(ns);
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
