import { Typed } from './value-tree.js';

/** Longer texts are parsed without looking for numbers that lose digits. */
const MAX_EXACT_LEN = 1024 * 1024;

/** @throws {SyntaxError} */
export function decodeJson(octets) {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
  return text.length > MAX_EXACT_LEN
    ? JSON.parse(text)
    : JSON.parse(text, exact);
}

/** Keeps the digits of a number that JavaScript can't hold. */
function exact(_key, value, context) {
  if (
    typeof value === 'number' &&
    context?.source &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/.test(context.source)
  )
    return BigInt(context.source);
  return value;
}

/** Whether the octets look enough like JSON to try it first. */
export function looksLikeJson(octets) {
  const first = octets.find((octet) => octet > 0x20);
  return first === 0x7b || first === 0x5b;
}

/** A JSON text inside another format: its value, or the text itself. */
export function jsonInside(text) {
  try {
    return JSON.parse(text, exact);
  } catch {
    return new Typed('string', text, 'not JSON');
  }
}
