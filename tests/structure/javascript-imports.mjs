// What the JavaScript in npm/ and bench/ imports by a relative path, by `import`, `export … from`, `import()` and
// `require()`. A name that is put together while running can't be seen, nor packages that need one another.
// An `import()` or a `require()` within a function counts too: it only hides which of the two is below.

import path from 'node:path';

import { sources } from './sources.mjs';

const IMPORT =
  /(?:\bfrom|\bimport|\bimport\(|\brequire\(|\bhostRequire\()\s*(['"])(\.{1,2}(?:\/[^'"]*)?)\1/g;
const COMMENT = /^\s*(?:\/\/|\/?\*).*$/gm;

/** @returns {Map<string, string[]>} What each file imports */
export function javaScriptImports() {
  const files = new Map(
    ['npm', 'bench'].flatMap((folder) => [...sources(folder, /\.[cm]?js$/)])
  );
  const found = new Map();

  for (const [file, text] of files) {
    const names = [...text.replace(COMMENT, '').matchAll(IMPORT)].map(
      ([, , name]) => path.posix.join(path.posix.dirname(file), name)
    );
    const imports = names.flatMap(
      (name) =>
        [name, `${name}.js`, `${name}/index.js`].find((name) =>
          files.has(name)
        ) ?? []
    );

    found.set(file, [...new Set(imports)]);
  }

  return found;
}
