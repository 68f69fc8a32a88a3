// Reads the messages of a live stream that begins in the middle of connections, by what LIVE.md says of it. It
// shares no code with the inspector but that which takes the records apart.

import zlib from 'node:zlib';

import { RecordType } from '../../../npm/inspector/src/live/decoder.js';

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const WINDOW_LENGTH = 32 * 1024;
const RSV1 = 0x40;

/**
 * @param {object[]} records
 * @param {number} conn
 * @param {boolean} isOut
 * @returns {{text: Buffer | null, opcode: number, isRebuilt: boolean}[]} The whole messages; `text` is null where
 *     it can't be read
 */
export function readMessages(records, conn, isOut) {
  const { bytes, rebuilt, windows } = directionOf(records, conn, isOut);
  const messages = [];
  let window = null;
  let open = null;
  for (const frame of framesOf(bytes)) {
    if (frame.opcode >= 8) continue;
    if (frame.opcode !== 0 || open === null) {
      open = { ...frame, payloads: [] };
      while (windows.length > 0 && windows[0].at <= frame.at) {
        window = windows.shift().text;
      }
    }
    open.payloads.push(frame.payload);
    if (!frame.isLast) continue;
    let text = Buffer.concat(open.payloads);
    if (open.isCompressed) {
      text = window && inflate(text, window);
      window = text && Buffer.concat([window, text]).subarray(-WINDOW_LENGTH);
    }
    const isRebuilt = open.at < rebuilt;
    messages.push({ text, opcode: open.opcode, isRebuilt });
    open = null;
  }
  return messages;
}

function directionOf(records, conn, isOut) {
  const chunks = [];
  const windows = [];
  let rebuilt = 0;
  let length = 0;
  for (const record of records) {
    if (record.conn !== conn) continue;
    switch (record.type) {
      case isOut ? RecordType.CHUNK_OUT : RecordType.CHUNK_IN:
        chunks.push(record.bytes);
        length += record.bytes.length;
        break;
      case RecordType.WINDOW:
        if (record.isOut === isOut) {
          const { after, text } = record;
          windows.push({ at: length + after, text });
        }
        break;
      case RecordType.MARK:
        if (record.isOut === isOut && record.how === 1)
          rebuilt = length + record.len;
        break;
      case RecordType.GAP:
        throw new Error(`${record.lost} bytes are missing`);
    }
  }
  return { bytes: Buffer.concat(chunks), rebuilt, windows };
}

function* framesOf(bytes) {
  for (let at = 0; at + headerLength(bytes, at) <= bytes.length;) {
    const start = at;
    const first = bytes[at];
    const isMasked = bytes[at + 1] >= 0x80;
    let length = bytes[at + 1] & 0x7f;
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    const key = isMasked ? bytes.subarray(at, at + 4) : [0, 0, 0, 0];
    if (isMasked) at += 4;
    if (at + length > bytes.length) return;
    const payload = Buffer.from(bytes.subarray(at, at + length));
    for (let i = 0; i < length; i++) payload[i] ^= key[i & 3];
    at += length;
    yield {
      at: start,
      isCompressed: (first & RSV1) !== 0,
      isLast: first >= 0x80,
      opcode: first & 15,
      payload
    };
  }
}

function headerLength(bytes, at) {
  const second = bytes[at + 1] ?? 0;
  const extended = { 126: 2, 127: 8 }[second & 0x7f] ?? 0;
  return 2 + extended + (second >= 0x80 ? 4 : 0);
}

function inflate(payload, window) {
  try {
    return zlib.inflateRawSync(Buffer.concat([payload, TAIL]), {
      dictionary: window.length > 0 ? window : undefined,
      finishFlush: zlib.constants.Z_SYNC_FLUSH
    });
  } catch {
    return null;
  }
}
