import { decodeJson, jsonInside } from './json.js';
import { Entries, Typed } from './value-tree.js';

const SEPARATOR = 0x1e;
const TYPES = [
  'handshake',
  'invocation',
  'stream item',
  'completion',
  'stream invocation',
  'cancel invocation',
  'ping',
  'close',
  'ack',
  'sequence'
];
/** What MessagePack's lists hold after their type. */
const FIELDS = {
  1: ['headers', 'invocationId', 'target', 'arguments', 'streamIds'],
  2: ['headers', 'invocationId', 'item'],
  3: ['headers', 'invocationId', 'resultKind', 'result'],
  4: ['headers', 'invocationId', 'target', 'arguments', 'streamIds'],
  5: ['headers', 'invocationId'],
  6: [],
  7: ['error', 'allowReconnect'],
  8: ['sequenceId'],
  9: ['sequenceId']
};

/** Records of SignalR's hub protocol in JSON, each with a separator after it. */
export function decodeSignalR(bytes) {
  if (!looksLikeSignalR(bytes))
    throw new Error('it does not end with the record separator, 1e');
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return few(
    text
      .split('\x1e')
      .slice(0, -1)
      .map((record) => {
        const { type } = JSON.parse(record);
        return new Typed(TYPES[type ?? 0] ?? 'record', jsonInside(record));
      })
  );
}

/** The same in MessagePack: lists, each with its length before it. */
export function decodeSignalRBinary(bytes, decodeMsgpack) {
  if (bytes.at(-1) === SEPARATOR && isJson(bytes)) return decodeSignalR(bytes);
  const records = [];
  for (let at = 0; at < bytes.length;) {
    let len = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 28 || at >= bytes.length)
        throw new Error('a length that has no end');
      len += (bytes[at] & 0x7f) * 2 ** shift;
      if (bytes[at++] < 0x80) break;
    }
    if (len > bytes.length - at)
      throw new Error(`${len} bytes declared at byte ${at}`);
    records.push(record(decodeMsgpack(bytes.subarray(at, at + len))));
    at += len;
  }
  return few(records);
}

export function looksLikeSignalR(bytes) {
  return bytes.at(-1) === SEPARATOR && bytes[0] === 0x7b;
}

function record(list) {
  if (!Array.isArray(list) || !FIELDS[list[0]])
    throw new Error('a record that is no list with a known type');
  const [type, ...values] = list;
  const named = values.map((value, at) => [FIELDS[type][at] ?? at, value]);
  return new Typed(TYPES[type], new Entries(named), `type ${type}`);
}

function isJson(bytes) {
  try {
    return Boolean(decodeJson(bytes.subarray(0, -1)));
  } catch {
    return false;
  }
}

function few(records) {
  return records.length === 1 ? records[0] : records;
}
