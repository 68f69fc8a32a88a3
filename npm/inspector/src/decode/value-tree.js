/**
 * A decoded value as a tree that is read node by node, so that a large one
 * costs nothing until somebody looks.
 */

const PREVIEW_LEN = 300;
const INLINE_ENTRIES = 5;

/** A value with a name for its type: what no JavaScript value can say. */
export class Typed {
  /**
   * @param {string} type
   * @param {unknown} value
   * @param {string} [note] shown beside it
   */
  constructor(type, value, note = '') {
    this.type = type;
    this.value = value;
    this.note = note;
  }
}

/** A value as it was written, where JavaScript's would look different. */
export class Literal {
  constructor(type, text) {
    this.type = type;
    this.text = text;
  }
}

/** An object's keys and values, in order, also where a key is there twice. */
export class Entries {
  /** @param {[string, unknown][]} list */
  constructor(list) {
    this.list = list;
  }
}

/** Nodes by number, given out as they are first seen. */
export class ValueTree {
  #values = [];

  constructor(root) {
    this.#values.push(root);
  }

  /** The root's node. */
  root() {
    return this.#node('', 0);
  }

  /** The nodes `start` to `start + count` below the node `id`. */
  children(id, start, count) {
    const entries = entriesOf(this.#values[id]);
    return entries.slice(start, start + count).map(([key, value]) => {
      this.#values.push(value);
      return this.#node(key, this.#values.length - 1);
    });
  }

  #node(key, id) {
    const value = this.#values[id];
    return {
      id,
      key: cut(key),
      type: typeOf(value),
      text: preview(value),
      note: value instanceof Typed ? value.note : '',
      childCount: entriesOf(value).length
    };
  }
}

export function typeOf(value) {
  if (value instanceof Typed || value instanceof Literal) return value.type;
  if (value instanceof Entries) return 'object';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'map';
  if (value instanceof Set) return 'set';
  if (value instanceof Date) return 'date';
  if (ArrayBuffer.isView(value)) return 'bytes';
  return typeof value;
}

function entriesOf(value) {
  if (value instanceof Typed) return entriesOf(value.value);
  if (value instanceof Entries) return value.list;
  if (value instanceof Literal) return [];
  if (value === null || typeof value !== 'object') return [];
  if (ArrayBuffer.isView(value) || value instanceof Date) return [];
  if (Array.isArray(value)) return value.map((item, at) => [String(at), item]);
  if (value instanceof Map)
    return Array.from(value, ([key, item]) => [inline(key), item]);
  if (value instanceof Set)
    return Array.from(value, (item, at) => [String(at), item]);
  return Object.entries(value);
}

/** The value in one line: all of a small one, the beginning of a large one. */
function preview(value) {
  if (value instanceof Typed) return preview(value.value);
  const entries = entriesOf(value);
  if (entries.length === 0) return inline(value);
  const isList = Array.isArray(value) || value instanceof Set;
  const parts = entries
    .slice(0, INLINE_ENTRIES)
    .map(([key, item]) => (isList ? short(item) : `${key}: ${short(item)}`));
  if (entries.length > INLINE_ENTRIES) parts.push('…');
  const [open, close] = isList ? '[]' : '{}';
  return cut(`${open}${parts.join(', ')}${close}`);
}

function short(value) {
  const count = entriesOf(value).length;
  if (count === 0) return inline(value);
  return Array.isArray(value) ? `[${count}]` : `{${count}}`;
}

function inline(value) {
  if (value instanceof Typed) return inline(value.value);
  if (value instanceof Literal) return cut(value.text);
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value === 'bigint') return cut(String(value));
  if (value instanceof Date)
    return Number.isNaN(value.valueOf()) ? 'no date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return bytes(value);
  if (Array.isArray(value)) return '[]';
  if (value !== null && typeof value === 'object')
    return entriesOf(value).length === 0 ? '{}' : '{…}';
  return Object.is(value, -0) ? '-0' : String(value);
}

function bytes({ buffer, byteOffset, byteLength }) {
  const view = new Uint8Array(buffer, byteOffset, Math.min(byteLength, 64));
  const hex = Array.from(view, (byte) => byte.toString(16).padStart(2, '0'));
  const more = byteLength > 64 ? ' …' : '';
  return `${byteLength} bytes: ${hex.join(' ')}${more}`;
}

function cut(text) {
  return text.length > PREVIEW_LEN ? `${text.slice(0, PREVIEW_LEN)}…` : text;
}
