import { jsonInside } from './json.js';
import { Entries, Typed } from './value-tree.js';

const COMMANDS =
  /^(CONNECT|STOMP|CONNECTED|SEND|SUBSCRIBE|UNSUBSCRIBE|ACK|NACK|BEGIN|COMMIT|ABORT|DISCONNECT|MESSAGE|RECEIPT|ERROR)\r?\n/;
const ESCAPES = { '\\n': '\n', '\\r': '\r', '\\c': ':', '\\\\': '\\' };

/** A frame of STOMP 1.0–1.2: command, headers, empty line, body, NUL. */
export function decodeStomp(bytes) {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (/^\r?\n$/.test(text))
    return new Typed('heartbeat', null, 'an empty line');
  const [, command] = COMMANDS.exec(text) ?? [];
  if (!command) throw new Error('the first line is not a STOMP command');
  const [head, rest] = cutAt(text, /\r?\n\r?\n/);
  if (rest === null) throw new Error('no empty line after the headers');
  const lines = head.split(/\r?\n/).slice(1);
  const headers = lines.map((line) => {
    const [name, value] = cutAt(line, /:/);
    return [unescape(name), unescape(value ?? '')];
  });
  const [body] = cutAt(rest, /\0/);
  const frame = {
    command: new Typed('command', command),
    headers: new Entries(headers)
  };
  if (body !== '') frame.body = bodyOf(body, new Map(headers));
  return frame;
}

export function looksLikeStomp(bytes) {
  return COMMANDS.test(new TextDecoder().decode(bytes.subarray(0, 40)));
}

function bodyOf(body, headers) {
  const isJson = /json/.test(headers.get('content-type') ?? '');
  return isJson || /^[[{]/.test(body) ? jsonInside(body) : body;
}

function cutAt(text, separator) {
  const match = separator.exec(text);
  return match
    ? [text.slice(0, match.index), text.slice(match.index + match[0].length)]
    : [text, null];
}

function unescape(text) {
  return text.replace(/\\[nrc\\]/g, (escaped) => ESCAPES[escaped]);
}
