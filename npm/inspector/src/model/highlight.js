/** What of a text to mark, since the filter looks for it. */

import { splitTerms } from './terms.js';

/** Words that are fields when they stand alone. */
const FLAGS =
  /^(and|or|not|&&|\|\||control|masked|compressed|fragmented|complete|missing|fin|rsv[123]|lint|json(\.\S+)?|(hex:|0x).*)$/i;
const FIELD = /^(text|data|json\.[^=:~<>!\s]+)(===?|=~|[=:~])(?=.)/i;

/**
 * A regular expression for everything that a query looks for in texts, or
 * null where it looks for nothing.
 */
export function needles(query) {
  const sources = termsOf(query);
  return sources.length > 0 ? new RegExp(sources.join('|'), 'gi') : null;
}

/** The parts of a text: `[text, isMarked]` each. */
export function parts(text, pattern) {
  const found = [];
  let at = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    if (match === '') continue;
    if (index > at) found.push([text.slice(at, index), false]);
    found.push([match, true]);
    at = index + match.length;
  }
  if (at < text.length) found.push([text.slice(at), false]);
  return found;
}

function termsOf(query) {
  const terms = splitTerms(query);
  return terms.flatMap((term, at) => {
    const isLeftOut = /^[!-]/.test(term) || /^not$/i.test(terms[at - 1] ?? '');
    return isLeftOut ? [] : sourcesOf(term);
  });
}

function sourcesOf(term) {
  if (term.startsWith('(')) return termsOf(term.slice(1, -1));
  const value = term.replace(FIELD, '');
  const [, regexp] = /^\/(.+)\/[ism]*$/s.exec(value) ?? [];
  if (regexp !== undefined) return isQuick(regexp) ? [regexp] : [];
  if (value.startsWith('"')) return literal(unquoted(value));
  const isWord = value !== term || !/[=<>~:]/.test(value);
  return isWord && !FLAGS.test(value) ? literal(value) : [];
}

function literal(text) {
  return text ? [text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')] : [];
}

function unquoted(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether it can be tried on the page's thread: one that repeats what repeats may never end. */
function isQuick(source) {
  const repeats = source.replace(/\\./g, '').match(/[*+{]/g) ?? [];
  if (repeats.length > 2 || /\)[*+?{]|\\[1-9k]/.test(source)) return false;
  try {
    return Boolean(new RegExp(source));
  } catch {
    return false;
  }
}
