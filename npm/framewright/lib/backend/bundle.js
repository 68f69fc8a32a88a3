'use strict';

const fs = require('fs');
const path = require('path');
const { fileURLToPath } = require('url');

const GUIDE =
  'https://github.com/framewright/framewright/blob/main/docs/production/bundling.md';

/** Where this file is in the package. */
const OWN_PLACE = path.join('lib', 'backend', 'bundle.js');

/**
 * The file this code runs from. In a bundle that is the bundle. Bundles that
 * are ES modules have no `__filename`, and some bundlers make one up. Where it
 * names no file that exists, a stack trace tells.
 *
 * @return {String} An absolute path, the program's own if nothing better is known
 */
function ownFile() {
  if (typeof __filename === 'string' && fs.existsSync(__filename)) {
    return __filename;
  }

  const file = callerFile();

  if (file !== null && fs.existsSync(file)) return file;
  return path.resolve(process.argv[1] ?? '[eval]');
}

function callerFile() {
  const { prepareStackTrace } = Error;

  try {
    Error.prepareStackTrace = (_, [site]) => site?.getFileName();

    const file = new Error().stack;

    if (typeof file !== 'string') return null;
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return null;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

const file = ownFile();

/** Warns once, and only in development, about what a bundle lacks. */
function warnOfBundle(reason) {
  // Bundlers replace the whole expression `process.env.NODE_ENV` by its value
  // in the build.
  const { env } = process;

  if (env.NODE_ENV === 'production') return;

  process.emitWarning(
    `framewright is bundled in ${file}: ${reason}. Leave framewright out of ` +
      'the bundle (esbuild: --external:framewright), or install it beside ' +
      `the bundle. ${GUIDE} has a line for each bundler`,
    { code: 'FRAMEWRIGHT_BUNDLED' }
  );
}

module.exports = {
  /** The file this code runs from. */
  file,
  /** Whether that is a bundle's. */
  isBundled: !file.endsWith(path.sep + OWN_PLACE),
  warnOfBundle
};
