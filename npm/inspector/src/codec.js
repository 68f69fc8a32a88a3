/** Decodes WebSocket frames: `import { walk } from '@framewright/inspector/codec'`. */

import init, * as codec from '../wasm/codec.js';
import base64 from '../wasm/codec_bg.wasm.gz';

import { inlineWasm } from './inline-wasm.js';
import { fieldsFromTable } from './model/fields.js';

await init({ module_or_path: await inlineWasm(base64) });

const SENDERS = { client: 1, server: 2 };
const FRAME_COLUMNS = 5;
const VIOLATION_COLUMNS = 3;

/**
 * Walks the frames of one direction, whatever is wrong with them.
 *
 * @param {Uint8Array} bytes beginning with a frame
 * @param {object} [options]
 * @param {'client' | 'server'} [options.sender] without it, masking isn't
 *   judged
 * @param {boolean} [options.permessageDeflate] whether RSV1 may be set
 */
export function walk(bytes, { sender, permessageDeflate = false } = {}) {
  const found = codec.walk(bytes, SENDERS[sender] ?? 0, permessageDeflate);
  try {
    return {
      frames: frames(bytes, found.frames, found.unmasked),
      violations: violations(found),
      endsInside: found.endsInside
    };
  } finally {
    found.free();
  }
}

/** The fields of the frame that starts `bytes`, each with its bits. */
export function fields(bytes) {
  return fieldsFromTable(codec.fields(bytes));
}

function frames(bytes, table, unmasked) {
  const rows = [];
  let start = 0;
  for (let at = 0; at < table.length; at += FRAME_COLUMNS) {
    const [offset, headerLen, payloadLen, prefix, key] = table.subarray(
      at,
      at + FRAME_COLUMNS
    );
    const present = Math.min(payloadLen, bytes.length - offset - headerLen);
    const masked = (prefix & 0x80) !== 0;
    rows.push({
      offset,
      headerLen,
      fin: (prefix & 0x8000) !== 0,
      rsv1: (prefix & 0x4000) !== 0,
      rsv2: (prefix & 0x2000) !== 0,
      rsv3: (prefix & 0x1000) !== 0,
      opcode: (prefix >> 8) & 0xf,
      masked,
      maskingKey: masked
        ? Uint8Array.of(key >>> 24, key >>> 16, key >>> 8, key)
        : null,
      payloadLen,
      payload: unmasked.subarray(start, start + present),
      isComplete: present === payloadLen
    });
    start += present;
  }
  return rows;
}

function violations(found) {
  const { violations: table, rules, sections } = found;
  return rules.map((rule, index) => {
    const at = index * VIOLATION_COLUMNS;
    return {
      rule,
      section: sections[index],
      frameOffset: table[at],
      offset: table[at + 1],
      len: table[at + 2]
    };
  });
}
