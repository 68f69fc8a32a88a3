/** Filters that the reader named, kept from visit to visit. */

import { keep, kept } from './kept.js';

const MAX_FILTERS = 30;

/** A list of `{ name, query }`, in the order in which they were named. */
export function savedFilters() {
  try {
    const list = JSON.parse(kept('filters', '[]'));
    return list.filter(
      ({ name, query }) => typeof name === 'string' && typeof query === 'string'
    );
  } catch {
    return [];
  }
}

/** Keeps a filter; another of that name gives way. */
export function saveFilter(name, query) {
  const others = savedFilters().filter((other) => other.name !== name);
  write([...others, { name, query }].slice(-MAX_FILTERS));
}

export function forgetFilter(name) {
  write(savedFilters().filter((other) => other.name !== name));
}

function write(list) {
  keep('filters', JSON.stringify(list));
}
