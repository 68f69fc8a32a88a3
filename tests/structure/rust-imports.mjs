// What the files of each Rust crate use of one another: `use`, and paths that begin with `crate::` or `super::`. A
// name that a module passes on (`pub use child::Name`) counts as used from where it is defined. Uses by macros and by
// methods of a type that came another way can't be seen, and neither are a file's own tests looked at. A module and
// those within it count as one thing: what is within may use what is around it (`super::`).

import path from 'node:path';

import { sources } from './sources.mjs';

const COMMENT = /\/\/.*$/gm;
const TESTS = /^#\[cfg\(test\)\]\nmod tests \{$[^]*/m;
const MODULE = /^\s*(?:#\[.*\]\s*)*(?:pub(?:\([^)]*\))? )?mod (\w+);/gm;
const USE = /\buse ([^;]+);/g;
const PATH = /\b(?:crate|super)(?:::\w+)+/g;

/** @returns {Map<string, string[]>} What each file uses */
export function rustImports() {
  const files = new Map(
    ['crates', 'bench', 'xtask', 'fuzz'].flatMap((folder) => [
      ...sources(folder, /\/src\/.*\.rs$/)
    ])
  );
  const found = new Map();

  for (const root of files.keys()) {
    if (!/\/src\/(?:lib|main)\.rs$/.test(root)) continue;
    const modules = modulesOf(root, files);

    for (const module of modules.values()) {
      const used = module.paths.flatMap((segments) => {
        const file = definedIn(segments, module, modules);
        return file && !around(module, modules).includes(file) ? [file] : [];
      });
      found.set(module.file, [...new Set(used)]);
    }
  }

  return found;
}

/** The files of a module and of all that it is in. */
function around({ name }, modules) {
  const files = [modules.get(name).file];

  while (name !== '') {
    name = parent(name);
    files.push(modules.get(name).file);
  }

  return files;
}

/** The modules of a crate that have a file, by their path in it, such as `a::b`. */
function modulesOf(root, files) {
  const modules = new Map();

  const add = (name, file) => {
    const text = files.get(file).replace(COMMENT, '').replace(TESTS, '');
    const isRoot = /\/(?:mod|lib|main)\.rs$/.test(file);
    const folder = isRoot ? path.posix.dirname(file) : file.slice(0, -3);
    const uses = [...text.matchAll(USE)].flatMap(([, tree]) => flat(tree));
    const inline = [...text.replace(USE, '').matchAll(PATH)].map(([path]) =>
      path.split('::')
    );

    modules.set(name, { name, file, uses, paths: [...uses, ...inline] });
    for (const [, child] of text.matchAll(MODULE)) {
      const at = [`${folder}/${child}.rs`, `${folder}/${child}/mod.rs`];
      const childFile = at.find((file) => files.has(file));

      if (childFile) add(join(name, child), childFile);
    }
  };

  add('', root);
  return modules;
}

/** `a::{b, c::{self, d}}` as paths. */
function flat(tree) {
  const [, prefix, group] = /^([^{]*)(?:\{([^]*)\})?$/.exec(tree.trim()) ?? [];

  if (prefix === undefined) return [];
  const segments = prefix
    .split('::')
    .map((segment) => segment.trim().replace(/ as .*/, ''))
    .filter((segment) => segment !== '');

  if (group === undefined) return [segments];
  return split(group)
    .flatMap(flat)
    .map((rest) => [...segments, ...rest.filter((name) => name !== 'self')]);
}

/** Splits at the commas outside of brackets. */
function split(group) {
  const parts = [''];
  let depth = 0;

  for (const char of group) {
    if (char === '{') depth++;
    if (char === '}') depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }

  return parts.filter((part) => part.trim() !== '');
}

/** The file that has what a path names, or `undefined` if another crate has. */
function definedIn(segments, from, modules, seen = new Set()) {
  const [first, ...rest] = start(segments, from, modules);
  let module = first;

  if (module === undefined) return undefined;
  while (rest.length > 0 && modules.has(join(module.name, rest[0]))) {
    module = modules.get(join(module.name, rest.shift()));
  }

  if (rest.length === 0 || seen.has(module)) return module.file;

  // Passed on from elsewhere?
  const passed = module.uses.find((use) => use.at(-1) === rest[0]);

  if (passed === undefined || module === from) return module.file;
  return (
    definedIn(
      [...passed, ...rest.slice(1)],
      module,
      modules,
      new Set([...seen, module])
    ) ??
    // From another crate: whoever needs it could have it from there.
    undefined
  );
}

/** The module where a path starts, and what of it is left. */
function start([first, ...rest], from, modules) {
  if (first === 'crate') return [modules.get(''), ...rest];
  if (first === 'self') return [from, ...rest];

  if (first === 'super') {
    let name = parent(from.name);
    while (rest[0] === 'super') {
      name = parent(name);
      rest.shift();
    }
    return [modules.get(name), ...rest];
  }

  const child = modules.get(join(from.name, first));
  return child === undefined ? [] : [child, ...rest];
}

function parent(name) {
  return name.includes('::') ? name.slice(0, name.lastIndexOf('::')) : '';
}

function join(name, child) {
  return name === '' ? child : `${name}::${child}`;
}
