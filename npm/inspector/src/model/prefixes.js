/** So many rows must begin alike before that is left out. */
const MIN_ROWS = 8;
/** What is left out is at least so long. */
const MIN_LEN = 6;
/** Rows are alike if they come from the same side and begin with so much. */
const KEY_LEN = 4;

/**
 * Notes in each row how much of its preview, `skip`, is the same in all rows
 * like it, so that a list can show what differs: `{"type":"` says nothing.
 */
export function skipPrefixes(rows) {
  const groups = new Map();
  for (const row of rows) {
    row.skip = 0;
    if (!row.isText) continue;
    const key = `${row.toClient} ${row.preview.slice(0, KEY_LEN)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  for (const group of groups.values()) {
    if (group.length < MIN_ROWS) continue;
    const len = commonLen(group.map(({ preview }) => preview));
    if (len < MIN_LEN) continue;
    for (const row of group) if (row.preview.length > len) row.skip = len;
  }
}

/** How long the beginning is that all have, up to where a word begins. */
function commonLen([first, ...others]) {
  let len = first.length;
  for (const other of others) {
    let at = 0;
    while (at < len && first[at] === other[at]) at++;
    len = at;
  }
  while (len > 0 && /[\w.-]/.test(first[len - 1])) len--;
  return len;
}
