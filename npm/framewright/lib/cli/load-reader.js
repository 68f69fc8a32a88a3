'use strict';

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const hostRequire = require('../backend/host-require');
const Failure = require('./failure');

const PACKAGE = '@framewright/inspector';

/**
 * @return {Promise<Object>} The inspector's reader, which works without a page
 * @throws {Failure} If it isn't there
 */
async function loadReader() {
  let file;

  try {
    file = hostRequire.resolve(`${PACKAGE}/package.json`);
  } catch {
    throw new Failure(
      `${PACKAGE} isn't installed: npm install --save-dev ${PACKAGE}`
    );
  }

  const reader = path.join(path.dirname(file), 'dist', 'reader.js');

  if (!fs.existsSync(reader)) {
    throw new Failure(`${PACKAGE} isn't built: npm run build -w ${PACKAGE}`);
  }

  return import(pathToFileURL(reader).href);
}

module.exports = loadReader;
