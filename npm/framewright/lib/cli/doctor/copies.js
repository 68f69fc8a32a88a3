'use strict';

const fs = require('fs');
const path = require('path');

const { accelerate, status } = require('../../install/accelerate');
const backend = require('../../backend/backend');
const finding = require('./finding');
const { remedyFor } = require('./remedies');

/**
 * Tries every copy of ws that the project's code could load.
 *
 * @param {String} directory The project's
 * @return {Object[]} Findings
 */
function copyFindings(directory) {
  const copies = directoriesOf('ws', directory);

  if (copies.length === 0) {
    return [
      finding(
        'bad',
        'There is no ws here',
        'Run this in the directory of the app.'
      )
    ];
  }

  // Then that is the whole answer, and it was given already.
  if (backend.name === 'stock') return [];

  const findings = copies.map((copy) => examine(copy, directory));

  if (!status().copies.some(({ accelerated }) => accelerated)) {
    findings.push(finding('bad', 'No copy of ws runs on the codec'));
  }

  return [...findings, ...severalFramewrights(directory)];
}

/**
 * The one that is loaded first accelerates ws, perhaps not the expected one.
 */
function severalFramewrights(directory) {
  const copies = directoriesOf('framewright', directory);

  if (copies.length < 2) return [];

  const names = copies.map(
    (copy) =>
      `${manifestOf(copy).version} in ${path.relative(directory, copy) || '.'}`
  );

  return [
    finding(
      'note',
      `There are ${copies.length} copies of framewright: ${names.join(', ')}`,
      'A copy of ws runs on the one that is loaded first. npm dedupe leaves one.'
    )
  ];
}

function examine(copy, directory) {
  const { version } = manifestOf(copy);
  const name = `ws ${version} in ${path.relative(directory, copy) || '.'}`;

  try {
    accelerate(require(copy));
  } catch (err) {
    return finding(
      'bad',
      `${name} can't be loaded: ${err.message}`,
      'Run npm ci.'
    );
  }

  const { accelerated, by, reason } = status().copies.find(
    ({ path }) => path === copy
  );

  if (by) return finding('note', `${name} was ${reason}`);
  if (accelerated) return finding('good', `${name} runs on the codec`);
  return finding(
    reason.includes('self-check') ? 'bad' : 'note',
    `${name} is ${reason}`,
    remedyFor(reason)
  );
}

/** Where a package is installed, each place once. */
function directoriesOf(name, directory) {
  return [...new Set(packageDirectories(name, directory))];
}

/** A package's directories in each node_modules that is searched from here. */
function* packageDirectories(wanted, directory) {
  for (let at = directory; ; at = path.dirname(at)) {
    yield* directoriesIn(wanted, path.join(at, 'node_modules'));
    if (path.dirname(at) === at) return;
  }
}

function* directoriesIn(wanted, modules) {
  for (const name of list(modules)) {
    const entry = path.join(modules, name);

    if (name === '.pnpm') {
      for (const store of list(entry)) {
        yield* directoriesIn(wanted, path.join(entry, store, 'node_modules'));
      }
    } else if (name.startsWith('@')) {
      yield* directoriesIn(wanted, entry);
    } else if (!name.startsWith('.')) {
      if (manifestOf(entry).name === wanted) yield fs.realpathSync(entry);
      // Links aren't followed: their target is searched anyway, or not at all.
      if (!isLink(entry)) {
        yield* directoriesIn(wanted, path.join(entry, 'node_modules'));
      }
    }
  }
}

function list(directory) {
  try {
    return fs.readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function isLink(file) {
  return fs.lstatSync(file).isSymbolicLink();
}

function manifestOf(directory) {
  try {
    const file = path.join(directory, 'package.json');

    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

module.exports = { copyFindings };
