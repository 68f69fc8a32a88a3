'use strict';

const fs = require('fs');
const path = require('path');

const { accelerate, status } = require('../../accelerate');
const backend = require('../../backend');
const finding = require('./finding');
const { remedyFor } = require('./remedies');

/**
 * Tries every copy of ws that the project's code could load.
 *
 * @param {String} directory The project's
 * @return {Object[]} Findings
 */
function copyFindings(directory) {
  const copies = [...new Set(wsDirectories(directory))];

  if (copies.length === 0) {
    return [
      finding(
        'bad',
        'There is no ws here',
        'Run this in the directory of the app.'
      )
    ];
  }

  // Then that is what there is to say, and it was said.
  if (backend.name === 'stock') return [];

  const findings = copies.map((copy) => examine(copy, directory));

  if (findings.every(({ state }) => state !== 'good')) {
    findings.push(finding('bad', 'No copy of ws runs on the codec'));
  }

  return findings;
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

  const { accelerated, reason } = status().copies.find(
    ({ path }) => path === copy
  );

  if (accelerated) return finding('good', `${name} runs on the codec`);
  return finding(
    reason.includes('self-check') ? 'bad' : 'note',
    `${name} is ${reason}`,
    remedyFor(reason)
  );
}

/** The directories of ws in each node_modules that is looked into from here. */
function* wsDirectories(directory) {
  for (let at = directory; ; at = path.dirname(at)) {
    yield* wsDirectoriesIn(path.join(at, 'node_modules'));
    if (path.dirname(at) === at) return;
  }
}

function* wsDirectoriesIn(modules) {
  for (const name of list(modules)) {
    const entry = path.join(modules, name);

    if (name === '.pnpm') {
      for (const store of list(entry)) {
        yield* wsDirectoriesIn(path.join(entry, store, 'node_modules'));
      }
    } else if (name.startsWith('@')) {
      yield* wsDirectoriesIn(entry);
    } else if (!name.startsWith('.')) {
      if (manifestOf(entry).name === 'ws') yield fs.realpathSync(entry);
      // Not through links: where they lead, it is looked anyway or not at all.
      if (!isLink(entry))
        yield* wsDirectoriesIn(path.join(entry, 'node_modules'));
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
