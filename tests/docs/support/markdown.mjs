// What the tests of the documentation read from its Markdown.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Folders without pages of ours. */
const LEFT_OUT = new Set([
  '.git',
  'dist',
  'node_modules',
  'target',
  'vendored',
  'wasm'
]);

/** The text of a page. */
export function page(name) {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

/** All pages of the repository, by their path in it. */
export function pages(folder = '') {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap(
    (entry) => {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        // The package @framewright/wasm has a page.
        if (name !== 'npm/wasm' && LEFT_OUT.has(entry.name)) return [];
        return pages(name);
      }
      return name.endsWith('.md') ? [name] : [];
    }
  );
}

/** The code blocks of a page, with their languages. */
export function blocksOf(text) {
  return [...text.matchAll(/^```(\S*)\n([^]*?)^```$/gm)].map(
    ([, language, code]) => ({ code, language })
  );
}

/** The code blocks of a page in a language. */
export function blocks(text, language) {
  return blocksOf(text)
    .filter((block) => block.language === language)
    .map(({ code }) => code);
}

/** Where a page's links and images lead; brackets in code aren't links. */
export function links(text) {
  const prose = withoutBlocks(text).replace(/`[^`\n]*`/g, '``');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

/** The anchors that a page's headings get, as on GitHub. */
export function anchors(text) {
  const found = new Set();
  for (const [, heading] of withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let name = anchor;
    for (let i = 1; found.has(name); i++) name = `${anchor}-${i}`;
    found.add(name);
  }
  return found;
}

const withoutBlocks = (text) => text.replace(/^```[^]*?^```$/gm, '');
