'use strict';

const fs = require('fs');
const path = require('path');

const finding = require('./finding');

const SCRIPT = /\.(?:c|m)?(?:j|t)sx?$/;

/** Where a project says how the app is started. */
const START_FILE =
  /^(?:package\.json|Dockerfile.*|Procfile|.*\.ya?ml|\.npmrc)$/;

/** Folders that hold neither the app's own files nor its output. */
const SKIPPED = /^(?:node_modules|\..*)$/;

/** Limits, so that a large project takes no longer than a second or two. */
const MAX_FILES = 5000;
const MAX_FILE_LENGTH = 16 * 1024 * 1024;

/** Both are in ws's Receiver and PerMessageDeflate, and survive minifiers. */
const WS_MARKS = ['WS_ERR_EXPECTED_MASK', 'server_no_context_takeover'];

const LOADS_US = /framewright\/register|['"`]framewright(?:\/koa)?['"`]/;

/**
 * What the project's own files say.
 *
 * @param {String} directory The project's
 * @return {Object[]} Findings
 */
function projectFindings(directory) {
  const findings = [];
  let isLoaded = LOADS_US.test(process.env.NODE_OPTIONS ?? '');
  let count = 0;

  for (const file of filesIn(directory)) {
    if (++count > MAX_FILES) break;

    const text = read(file);

    if (WS_MARKS.every((mark) => text.includes(mark))) {
      findings.push(bundleFinding(path.relative(directory, file), text));
    } else {
      isLoaded ||= LOADS_US.test(withoutDependencies(file, text));
    }
  }

  if (!isLoaded) {
    findings.push(
      finding(
        'note',
        'Nothing in this directory seems to load framewright',
        'Start the app with: node --import framewright/register app.js'
      )
    );
  }

  return findings;
}

function bundleFinding(name, text) {
  return text.includes('framewright.reception')
    ? finding('good', `${name} holds a copy of ws, and framewright`)
    : finding(
        'good',
        `${name} holds a copy of ws, which framewright/register finds at its first connection`
      );
}

function* filesIn(directory) {
  let entries;

  try {
    entries = fs.readdirSync(directory, { withFileTypes: true });
  } catch {
    return;
  }

  for (const entry of entries) {
    const { name } = entry;

    if (entry.isFile() && (SCRIPT.test(name) || START_FILE.test(name))) {
      yield path.join(directory, name);
    } else if (entry.isDirectory() && !SKIPPED.test(name)) {
      yield* filesIn(path.join(directory, name));
    }
  }
}

function read(file) {
  try {
    return fs.statSync(file).size > MAX_FILE_LENGTH
      ? ''
      : fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A package that is a dependency isn't necessarily loaded. */
function withoutDependencies(file, text) {
  if (path.basename(file) !== 'package.json') return text;

  try {
    return JSON.stringify(JSON.parse(text).scripts ?? {});
  } catch {
    return '';
  }
}

module.exports = { projectFindings };
