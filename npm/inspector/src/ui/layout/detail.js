import { html, nothing } from 'lit';

import { clock, count, plural } from '../../model/format.js';
import { MARKS } from '../../model/marks.js';
import { opcodeInfo } from '../../model/opcodes.js';
import '../connection/connection-view.js';
import '../frame/frame-view.js';
import '../message/message-view.js';

const TABS = { message: 'Message', frame: 'Frame', connection: 'Connection' };
export const TAB_NAMES = Object.keys(TABS);

/**
 * The message, frame or connection that is selected, below its tabs.
 *
 * @param {import('../../model/session/session.js').Session} session
 */
export function detail(session) {
  const { selection } = session;
  return html`<div
      class="tabs"
      role="tablist"
      @keydown=${(event) => onTabKey(event, selection)}
    >
      ${Object.entries(TABS).map(
        ([name, label]) =>
          html`<button
            role="tab"
            id=${`tab-${name}`}
            aria-controls="panel"
            aria-selected=${selection.tab === name}
            tabindex=${selection.tab === name ? 0 : -1}
            @click=${() => selection.showTab(name)}
          >
            ${label}
          </button>`
      )}
    </div>
    <div
      class="panel"
      id="panel"
      role="tabpanel"
      aria-labelledby=${`tab-${selection.tab}`}
    >
      ${panel(session)}
    </div>`;
}

function panel(session) {
  const { selection, status } = session;
  const { tab, frame, message, connection } = selection;
  const chooseId = ({ detail }) => selection.chooseId(detail.id, 'frame');
  if (tab === 'connection' && connection)
    return html`<fw-connection-view
      .connection=${connection}
      @choose-id=${chooseId}
    ></fw-connection-view>`;
  if (!frame)
    return html`<p class="empty">
      Choose a frame to see its message and every byte of it.
    </p>`;
  const madeUp = MADE_UP[status?.connections[frame.conn]?.source];
  const head = summary(frame, session.isHidden, madeUp);
  if (tab === 'message')
    return html`${head}
      <fw-message-view
        .message=${message}
        .needles=${session.needles}
        @choose-id=${chooseId}
      ></fw-message-view>`;
  return html`${head}
    <fw-frame-view
      .frame=${frame}
      .readBytes=${session.readBytes}
    ></fw-frame-view>`;
}

function onTabKey(event, selection) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = TAB_NAMES.indexOf(selection.tab) + step;
  const name = TAB_NAMES[(at + TAB_NAMES.length) % TAB_NAMES.length];
  selection.showTab(name);
  event.currentTarget.querySelector(`#tab-${name}`).focus();
}

/** What of a frame its source did not have. */
const MADE_UP = {
  messages:
    'header, masking key and wire length are made up: the source has only messages',
  headers: 'the masking key is made up: the source has no payloads'
};

function summary(frame, isHidden, madeUp) {
  const { name } = opcodeInfo(frame.opcode);
  const wire = frame.headerLen + Number(frame.payloadLen);
  return html`<p class="summary">
    <b>Frame ${count(frame.id + 1)}</b>
    <span>${name} from the ${frame.toClient ? 'server' : 'client'}</span>
    <span>${plural(wire, 'byte')} on the wire</span>
    <span>${clock(frame.time)} s</span>
    ${frame.isComplete ? nothing : html`<span>not complete</span>`}
    ${frame.isMissing ? html`<span>bytes missing</span>` : nothing}
    ${frame.mark ? html`<span class="made-up">${MARKS[frame.mark][1]}</span>` : nothing}
    ${madeUp ? html`<span class="made-up">${madeUp}</span>` : nothing}
    ${isHidden ? html`<span>not in the list: filtered out</span>` : nothing}
  </p>`;
}
