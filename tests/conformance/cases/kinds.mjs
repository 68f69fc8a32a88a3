// What cases are made of.

import { closeBody } from '../../lib/frames.mjs';

export const text = (payload, more) => ({ opcode: 1, payload, ...more });
export const binary = (payload, more) => ({ opcode: 2, payload, ...more });
export const rest = (payload, more) => ({ opcode: 0, payload, ...more });
export const ping = (payload = '', more) => ({ opcode: 9, payload, ...more });
export const pong = (payload = '', more) => ({ opcode: 10, payload, ...more });
export const close = (code, reason) => ({
  opcode: 8,
  payload: code === undefined ? '' : closeBody(code, reason)
});
export const hex = (digits) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

/** What the endpoint is to send: a frame's kind and payload. */
export const says = (kind, payload = '') => [kind, Buffer.from(payload)];

/** The connection is open after it. */
export function goes(section, name, writes, expect, more) {
  return {
    section,
    name,
    writes,
    expect,
    isOpenAtEnd: true,
    close: [1006, ''],
    ...more
  };
}

/** The endpoint fails the connection with a close code, after what it is expected to say. */
export function fails(section, name, writes, code, expect = [], more = {}) {
  return {
    section,
    name,
    writes,
    expect: [...expect, says('close', closeBody(code))],
    close: [1006, ''],
    ...more
  };
}

/** A payload of any length that is the same each time. */
export function noise(len) {
  const bytes = Buffer.alloc(len);
  let state = len >>> 0;
  for (let i = 0; i < len; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Text of a length in bytes, with code points of one to four bytes. */
export function words(len) {
  const unit = Buffer.from('héllo, wörld – 你好 😀 ');
  const bytes = Buffer.alloc(len, unit);
  // Ends at a code point's end.
  return Buffer.concat([
    bytes.subarray(0, len - (len % unit.length)),
    Buffer.alloc(len % unit.length, 'x')
  ]);
}

/** A message in fragments of so many bytes. `kind` makes the first: `text` or `binary`. */
export function fragmented(kind, payload, len) {
  const frames = [];
  for (let at = 0; at < payload.length; at += len) {
    const fin = at + len >= payload.length;
    const piece = payload.subarray(at, at + len);
    frames.push(at === 0 ? kind(piece, { fin }) : rest(piece, { fin }));
  }
  return frames;
}
