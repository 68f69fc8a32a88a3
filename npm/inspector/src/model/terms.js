/** The terms of a filter, as they are clicked together. */

const TERM =
  /(?:"[^"]*"|(?<![^\s!=(])\/(?:\\.|[^/\\])*\/|\((?:[^()]|\([^)]*\))*\)|[^\s"(])+/g;

/** The terms side by side; quotes, regexes and brackets keep their spaces. */
export function splitTerms(query) {
  return query.match(TERM) ?? [];
}

/** The query after a click on a term, which is put in, then left out, then gone. */
export function toggled(query, term, state) {
  let rest = splitTerms(query).filter(
    (other) => other !== term && other !== `!${term}`
  );
  // What stands side by side binds closer.
  if (rest.includes('or') || rest.includes('||'))
    rest = [`(${rest.join(' ')})`];
  if (state === 'off') rest.push(term);
  if (state === 'in') rest.push(`!${term}`);
  return rest.join(' ');
}
