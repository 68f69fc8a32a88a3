import { parseTree, printParseErrorCode } from 'jsonc-parser';

import { Entries, Literal, Typed, typeOf } from '../value-tree.js';

/** Longer texts are read as JavaScript reads them, which is a lot faster. */
const MAX_EXACT_LEN = 1024 * 1024;

/** @throws {SyntaxError} */
export function decodeJson(bytes) {
  return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

/** Whether the bytes look enough like JSON to try it first. */
export function looksLikeJson(bytes) {
  const first = bytes.find((byte) => byte > 0x20);
  return first === 0x7b || first === 0x5b;
}

/** A JSON text inside another format: its value, or the text itself. */
export function jsonInside(text) {
  try {
    return parse(text);
  } catch {
    return new Typed('string', text, 'not JSON');
  }
}

/**
 * The value with all that was sent: each key as often as it is there, in its
 * place, and each number with its digits.
 */
function parse(text) {
  const value = strictly(text);
  if (text.length > MAX_EXACT_LEN) return value;
  return unlessDeep(() => exact(parseTree(text), text), value);
}

/** What `read()` makes of a text, or, where it is nested too deep for it, the other. */
function unlessDeep(read, other) {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return other;
    throw error;
  }
}

function strictly(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.length > MAX_EXACT_LEN) throw error;
    const message = unlessDeep(() => why(text), error.message);
    throw new SyntaxError(message, { cause: error });
  }
}

/** What is wrong and where, which no two browsers say in the same way. */
function why(text) {
  const errors = [];
  parseTree(text, errors, { disallowComments: true });
  const [first] = errors;
  if (!first) return 'this is no JSON text';
  const before = text.slice(0, first.offset).split('\n');
  const words = printParseErrorCode(first.error).replace(/\B[A-Z]/g, ' $&');
  const column = before.at(-1).length + 1;
  return `${words.toLowerCase()}, at line ${before.length}, character ${column}`;
}

function exact({ type, value, offset, length, children }, text) {
  if (type === 'array') return children.map((node) => exact(node, text));
  if (type === 'object') return entries(children, text);
  if (type !== 'number') return value;
  const digits = text.slice(offset, offset + length);
  return String(value) === digits ? value : new Literal('number', digits);
}

function entries(properties, text) {
  const keys = new Set();
  return new Entries(
    properties.map(({ children: [key, node] }) => {
      const value = exact(node, text);
      const isAgain = keys.has(key.value);
      keys.add(key.value);
      return [
        key.value,
        isAgain ? new Typed(typeOf(value), value, 'the same key again') : value
      ];
    })
  );
}
