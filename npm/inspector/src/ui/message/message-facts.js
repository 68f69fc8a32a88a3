import { html, nothing } from 'lit';

import { bytes, count, plural } from '../../model/format.js';
import { opcodeInfo } from '../../model/names/opcodes.js';

const CONTROL = 0x8;

/** Who sent a message, how, and of what; `chooseFrame(id)` is called for one of its frames. */
export function facts(message, chooseFrame) {
  const { name } = opcodeInfo(message.opcode);
  const isControl = (message.opcode & CONTROL) !== 0;
  return html`<dl>
    ${fact(
      isControl ? 'Control frame' : 'Message',
      html`${name}, from the
      ${message.toClient ? 'server' : 'client'}${
        message.state === 'complete' ? '' : ` (${message.state})`
      }`,
      message.state === 'complete' ? 'kind' : nothing
    )}
    ${fact('Payload', exact(message.wireLen))}
    ${message.form === 'inflated' ? ratio(message) : nothing}
    ${
      message.fragments > 1
        ? fact(
            plural(message.fragments, 'fragment'),
            html`<span class="ids"
              >${Array.from(
                message.frames,
                (id) =>
                  html`<button class="link" @click=${() => chooseFrame(id)}>
                    frame ${count(id + 1)}
                  </button>`
              )}</span
            >`
          )
        : nothing
    }
    ${
      message.missing.length > 0
        ? fact('Missing', `${missing(message.missing)}, shown as zero`)
        : nothing
    }
  </dl>`;
}

function ratio({ wireLen, bytes: content }) {
  const share = content.length > 0 ? wireLen / content.length : 1;
  const percent = (share * 100).toFixed(1);
  return fact(
    'Inflated',
    html`${exact(content.length)}; ${percent} % of that on the wire
      <span class="ratio" aria-hidden="true"
        ><i .style=${`width:${Math.min(100, share * 100)}%`}></i
      ></span>`
  );
}

/** Its name and what it is stay beside each other. */
function fact(name, what, kind = nothing) {
  return html`<div class=${kind}>
    <dt>${name}</dt>
    <dd>${what}</dd>
  </div>`;
}

function exact(len) {
  return len < 1024 ? bytes(len) : `${plural(len, 'byte')} (${bytes(len)})`;
}

function missing(ranges) {
  let total = 0;
  for (let at = 0; at < ranges.length; at += 2)
    total += ranges[at + 1] - ranges[at];
  return plural(total, 'byte');
}
