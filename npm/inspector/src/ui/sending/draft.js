/** A message that somebody writes, as text, JSON or hex. */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What `kind` the draft is and its `text`, of a message that is there. */
export function draftOf(bytes, isText) {
  if (!isText) return { kind: 'hex', text: hexOf(bytes) };
  try {
    const text = utf8.decode(bytes);
    return { kind: isJson(text) ? 'json' : 'text', text };
  } catch {
    return { kind: 'hex', text: hexOf(bytes) };
  }
}

/** Why a draft can't be sent, or ''. */
export function problemOf({ kind, text }) {
  if (kind === 'json') {
    try {
      JSON.parse(text);
    } catch (error) {
      return `This is no JSON: ${error.message}`;
    }
  }
  if (kind === 'hex' && !/^(?:\s*[\da-f]{2})*\s*$/i.test(text))
    return 'Hex is two digits a byte.';
  return '';
}

/** `{ isText, data }` as the proxy takes it: text, or base64. */
export function messageOf({ kind, text }) {
  if (kind !== 'hex') return { isText: true, data: text };
  const digits = text.match(/[\da-f]{2}/gi) ?? [];
  return base64Message(Uint8Array.from(digits, (pair) => parseInt(pair, 16)));
}

/** A file is sent as it is, in a binary message. */
export function base64Message(bytes) {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { isText: false, data: btoa(binary) };
}

export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function hexOf(bytes) {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const lines = [];
  for (let at = 0; at < pairs.length; at += 16)
    lines.push(pairs.slice(at, at + 16).join(' '));
  return lines.join('\n');
}

function isJson(text) {
  return /^\s*[[{]/.test(text) && problemOf({ kind: 'json', text }) === '';
}
