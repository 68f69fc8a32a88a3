import { decodeJson } from './json.js';
import { Typed } from './value-tree.js';

/** The subprotocol whose messages are bytes with offsets before them. */
export const JUPYTER_V1 = 'v1.kernel.websocket.jupyter.org';
const PARTS = ['header', 'parent_header', 'metadata', 'content'];
const MAX_PARTS = 1000;

/** A message of a Jupyter kernel, in JSON. */
export function decodeJupyter(bytes) {
  const message = decodeJson(bytes);
  const fields = new Map(message.list ?? Object.entries(message));
  const header = new Map(fields.get('header')?.list);
  const type = header.get('msg_type');
  if (typeof type !== 'string')
    throw new Error('it has no "header" with a "msg_type"');
  return {
    message: new Typed('jupyter', type, `on ${fields.get('channel') ?? '?'}`),
    ...Object.fromEntries(fields)
  };
}

/** The same as bytes: in the form of version 1, or with 32-bit offsets as before. */
export function decodeJupyterBinary(bytes) {
  if (bytes[0] === 0x7b) return decodeJupyter(bytes);
  return looksLikeV1(bytes) ? version1(bytes) : older(bytes);
}

export function looksLikeJupyter(bytes) {
  const text = new TextDecoder().decode(bytes.subarray(0, 4096));
  return /"msg_type"\s*:/.test(text) && /"header"\s*:/.test(text);
}

function looksLikeV1(bytes) {
  const count = bytes[0];
  return count >= 6 && bytes.subarray(1, 8).every((byte) => byte === 0);
}

function version1(bytes) {
  const view = viewOf(bytes);
  const count = Number(view.getBigUint64(0, true));
  const offsets = Array.from({ length: limited(count) }, (_, at) =>
    Number(view.getBigUint64(8 + 8 * at, true))
  );
  const [channel, ...parts] = slices(bytes, offsets);
  const shown = {};
  for (const [at, name] of PARTS.entries()) shown[name] = decodeJson(parts[at]);
  const type = new Map(shown.header.list).get('msg_type');
  const on = new TextDecoder().decode(channel);
  return {
    message: new Typed('jupyter', type, `on ${on}`),
    ...shown,
    buffers: parts.slice(PARTS.length)
  };
}

function older(bytes) {
  const view = viewOf(bytes);
  const count = limited(view.getUint32(0));
  const offsets = Array.from({ length: count }, (_, at) =>
    view.getUint32(4 + 4 * at)
  );
  const [json, ...buffers] = slices(bytes, [...offsets, bytes.length]);
  return { ...decodeJupyter(json), buffers };
}

function limited(count) {
  if (count === 0 || count > MAX_PARTS)
    throw new Error(`${count} parts are declared`);
  return count;
}

function slices(bytes, offsets) {
  return offsets.slice(0, -1).map((start, at) => {
    const end = offsets[at + 1];
    if (start > end || end > bytes.length)
      throw new Error('its offsets lead out of the message');
    return bytes.subarray(start, end);
  });
}

function viewOf({ buffer, byteOffset, byteLength }) {
  return new DataView(buffer, byteOffset, byteLength);
}
