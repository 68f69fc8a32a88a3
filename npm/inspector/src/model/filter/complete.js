/** How a filter that is being typed may go on. */

const WHETHER = ['true', 'false'];
/** Each field of the query language: what it is, and values worth offering. */
const FIELDS = {
  opcode: [
    'the kind of frame',
    'text binary continuation close ping pong control data reserved'.split(' ')
  ],
  dir: ['who sends', ['client', 'server']],
  conn: ['a connection’s number'],
  frame: ['a frame’s number'],
  len: ['payload in bytes: len>1k'],
  wire: ['whole frame in bytes'],
  'message.len': ['whole message in bytes, inflated'],
  'message.fragments': ['how many frames a message has'],
  time: ['since the start: time>1.5s'],
  close: [
    'code of a close frame',
    ['1000', '1001', '1002', '1006', '1009', '1011']
  ],
  lint: ['findings', ['error', 'warning', 'info']],
  json: ['a value in JSON: json.type=="bid"'],
  text: ['the content'],
  name: ['what the app calls the connection'],
  url: ['the connection’s address'],
  subprotocol: ['what was agreed on'],
  key: ['the masking key'],
  fin: ['last frame of a message', WHETHER],
  rsv1: ['compressed, as a rule', WHETHER],
  masked: ['has a masking key', WHETHER],
  compressed: ['part of a compressed message', WHETHER],
  fragmented: ['part of a message in several frames', WHETHER],
  complete: ['all of it is here', WHETHER],
  missing: ['bytes of it are missing', WHETHER]
};
const MAX_OPTIONS = 8;

/**
 * What the word before `at` may become: `{ start, options }`, each option with
 * its `text` and a `note`. `values` has more values, by field.
 */
export function complete(query, at, values = {}) {
  const before = query.slice(0, at);
  // Nothing is completed inside quotes.
  if ((before.match(/"/g) ?? []).length % 2 === 1) return none(at);
  const [, field, typed] =
    /([a-z][\w.]*)(?:==|=|!=|:|>=|<=)([\w.-]*)$/i.exec(before) ?? [];
  if (field !== undefined) {
    const known = [...(values[field] ?? []), ...(FIELDS[field]?.[1] ?? [])];
    return found(
      at,
      typed,
      known.map((text) => ({ text, note: '' }))
    );
  }
  const [word] = /[a-z][\w.]*$/i.exec(before) ?? [''];
  if (word === '') return none(at);
  const names = Object.entries(FIELDS).map(([text, [note]]) => ({
    text,
    note
  }));
  return found(at, word, names);
}

function found(at, typed, all) {
  const options = all.filter(
    ({ text }) =>
      text.replace(/^"/, '').toLowerCase().startsWith(typed.toLowerCase()) &&
      text !== typed
  );
  return { start: at - typed.length, options: options.slice(0, MAX_OPTIONS) };
}

function none(at) {
  return { start: at, options: [] };
}
