'use strict';

const fs = require('fs');
const path = require('path');

const Failure = require('./failure');
const notACapture = require('./not-a-capture');
const { servePage } = require('./page-server');

/** A log that was cut off must not run into the next. */
const NEWLINE = Buffer.from('\n');

/**
 * `framewright inspect`: serves the inspector with a capture opened, until the
 * process is interrupted.
 *
 * @param {String} file The capture
 * @param {{keys: Buffer[], page: Number}} options The options
 */
async function inspectFile(file, { keys = [], page: port }) {
  let length;

  try {
    const stats = fs.statSync(file);

    if (!stats.isFile()) throw new Error('not a file');
    fs.accessSync(file, fs.constants.R_OK);
    length = stats.size;
  } catch (err) {
    throw new Failure(`can't read ${file}: ${err.message}`);
  }

  const problem = notACapture(file, length);

  if (problem !== null) {
    throw new Failure(`${file} isn't a capture: ${problem}`);
  }

  const name = `capture/${encodeURIComponent(path.basename(file))}`;
  const resources = { [name]: (req, res) => send(file, length, res) };
  let show = `src=${encodeURIComponent(name)}`;

  if (keys.length > 0) {
    const log = Buffer.concat(keys.flatMap((log) => [log, NEWLINE]));

    resources.keys = (req, res) => res.end(log);
    show += '&keys=keys';
  }

  const { url } = await servePage(port, resources, show);

  console.log(`${path.basename(file)} is shown at ${url}`);
  console.log('Ctrl-C ends it.');
}

/**
 * Of a capture that still grows, the page gets what was there when it asked.
 */
function send(file, length, res) {
  res.writeHead(200, {
    'Content-Length': length,
    'Content-Type': 'application/octet-stream'
  });

  if (length === 0) {
    res.end();
    return;
  }

  const stream = fs.createReadStream(file, { end: length - 1 });

  stream.on('error', () => res.destroy());
  res.on('close', () => stream.destroy());
  stream.pipe(res);
}

module.exports = inspectFile;
