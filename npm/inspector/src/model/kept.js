/** What the reader chose, kept from visit to visit where the browser lets us. */

const PREFIX = 'framewright-';

/** @param {string} other what it is where nothing was kept */
export function kept(name, other = '') {
  try {
    return localStorage.getItem(PREFIX + name) ?? other;
  } catch {
    return other;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Then it is for this visit.
  }
}
