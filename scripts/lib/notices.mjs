// Other people's code in what is published, with the licences that must be shown.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { output, root } from './run.mjs';

/** The file's name in a package. */
export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

const LICENSE_FILE = /^(?:licen[cs]e|copying|unlicense)/i;
const RULE = `\n\n${'-'.repeat(80)}\n\n`;

/**
 * The text of the notices.
 *
 * @param {object[]} works As `crates()` and `npmPackages()` give them
 * @return {string} The text
 */
export function notices(works) {
  const parts = works
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, license, url, text }) =>
      [`${name} ${version}\n${license}\n${url}`, text.trim()].join('\n\n')
    );

  return `This package contains work of others, under these licences.${RULE}${parts.join(RULE)}\n`;
}

/**
 * The crates that are linked into a crate, except the project's own.
 *
 * @param {string[]} args Arguments for `cargo tree`: the crate, its features
 * @return {object[]} The works
 */
export function crates(args) {
  const tree = cargo('tree', [
    ...['--edges', 'normal,no-proc-macro', '--prefix', 'none'],
    ...['--format', '{p}', ...args]
  ]);
  const linked = new Set(
    tree.split('\n').map((line) => line.split(' ', 2).join(' '))
  );
  const { packages } = JSON.parse(cargo('metadata', ['--format-version', '1']));

  return packages
    .filter(({ name, source, version }) => {
      return source !== null && linked.has(`${name} v${version}`);
    })
    .map(({ authors, license, manifest_path, name, repository, version }) => ({
      name,
      version,
      license,
      url: repository,
      text: textOf(dirname(manifest_path), license, authors)
    }));
}

/**
 * The npm packages that files belong to.
 *
 * @param {string[]} files Their paths
 * @return {object[]} The works
 */
export function npmPackages(files) {
  const folders = new Set(
    files.flatMap((file) => {
      const path = file.replaceAll('\\', '/');
      const [folder] = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];

      return folder ?? [];
    })
  );

  return [...folders].map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json')));
    const { author, homepage, license, name, repository, version } = manifest;

    return {
      name,
      version,
      license,
      url: repository?.url ?? repository ?? homepage,
      text: textOf(folder, license, [author?.name ?? author ?? name])
    };
  });
}

function textOf(folder, license, authors) {
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file));
  // Where there is a choice, the licence that is ours too.
  const chosen = license.includes(' AND ')
    ? files
    : files.filter((file) => /mit/i.test(file));
  const texts = (chosen.length > 0 ? chosen : files).map((file) =>
    readFileSync(join(folder, file), 'utf8').trim()
  );

  if (texts.length > 0) return texts.join('\n\n');
  if (/\bMIT\b/.test(license)) return mit(authors);
  throw new Error(`${folder} has no text of its licence, ${license}`);
}

/** The text of the project's own licence, with other authors. */
function mit(authors) {
  return readFileSync(join(root, 'LICENSE'), 'utf8').replace(
    /^Copyright .*$/m,
    `Copyright (c) ${authors.join(', ')}`
  );
}

function cargo(command, args) {
  const said = output('cargo', [command, '--locked', ...args]);

  if (said === null) throw new Error(`cargo ${command} failed`);
  return said;
}
