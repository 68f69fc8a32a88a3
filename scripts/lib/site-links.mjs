// Finds broken links within a built site.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

/** Pages that other tools make aren't checked. */
const OTHERS = /^(?:rust|types|inspector)\//;

/**
 * @param {string} folder The site
 * @returns {{from: string, to: string}[]} Each link that leads nowhere
 */
export function checkLinks(folder) {
  const pages = readdirSync(folder, { recursive: true })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => name.endsWith('.html') && !OTHERS.test(name));
  const texts = new Map();
  const read = (name) => {
    if (!texts.has(name))
      texts.set(name, readFileSync(join(folder, name), 'utf8'));
    return texts.get(name);
  };

  return pages.flatMap((from) =>
    [...read(from).matchAll(/(?:href|src)="([^"]+)"/g)]
      .map(([, to]) => to.replaceAll('&amp;', '&'))
      .filter((to) => !/^(?:[a-z]+:|\/\/)/.test(to))
      .filter((to) => !leads(from, to))
      .map((to) => ({ from, to }))
  );

  function leads(from, to) {
    const [place, anchor] = decodeURI(to).split('#');
    const target =
      place === ''
        ? from
        : posix.join(place.startsWith('/') ? '' : posix.dirname(from), place);
    const file = [target, `${target}.html`, posix.join(target, 'index.html')]
      .map((name) => relative('/', join('/', name)))
      .find(
        (name) =>
          existsSync(join(folder, name)) &&
          statSync(join(folder, name)).isFile()
      );

    if (file === undefined) return false;
    if (!anchor || !file.endsWith('.html') || OTHERS.test(file)) return true;
    return read(file).includes(`id="${anchor}"`);
  }
}
