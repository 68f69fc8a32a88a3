// The files that the checks of the structure read.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Folders of what others wrote, or machines. */
const NOT_OURS = /(?:^|\/)(?:node_modules|dist|wasm\/wasm|native|target)\//;

/**
 * @param {string} folder Below the root
 * @param {RegExp} pattern What names must match
 * @returns {Map<string, string>} The text of each file, by its path with slashes
 */
export function sources(folder, pattern) {
  const files = readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`)
    .filter((name) => pattern.test(name) && !NOT_OURS.test(name))
    .sort();

  return new Map(
    files.map((name) => [name, readFileSync(path.join(ROOT, name), 'utf8')])
  );
}
