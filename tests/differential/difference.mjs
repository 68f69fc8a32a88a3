// Compares two logs, and says where they part.

/**
 * @returns {string | null} What differs first, or null
 */
export function difference(expected, actual) {
  const len = Math.max(expected.length, actual.length);
  for (let i = 0; i < len; i++) {
    if (!sameValue(expected[i], actual[i])) {
      return (
        `entry ${i}:\n  expected ${show(expected[i])}\n` +
        `  actual   ${show(actual[i])}`
      );
    }
  }
  return null;
}

/** Whether two values of a log are alike; bytes by content, all else by shape. */
export function sameValue(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (a instanceof Uint8Array)
    return b instanceof Uint8Array && sameBytes(a, b);
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => sameValue(item, b[i]))
    );
  }
  for (const key in a) {
    if (key !== 'data' && !sameValue(a[key], b[key])) return false;
  }
  for (const key in b) {
    if (!(key in a)) return false;
  }
  return true;
}

function sameBytes(a, b) {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** A log as text, long payloads cut. */
export function show(value) {
  if (value === undefined) return 'nothing';
  return JSON.stringify(value, (key, item) => {
    if (key === 'sum' || key === 'data') return undefined;
    if (item?.type === 'Buffer' && Array.isArray(item.data)) {
      const bytes = Buffer.from(item.data);
      const hex = bytes.subarray(0, 48).toString('hex');
      return bytes.length > 48 ? `${hex}... (${bytes.length} bytes)` : hex;
    }
    return item;
  });
}
