'use strict';

const fs = require('fs');

/** Longer JSON isn't parsed for this check, in bytes. */
const MAX_JSON_LENGTH = 16 * 1024 * 1024;

/** In formats that are JSON: HAR, NetLog, and lines of a HAR's messages. */
const MARKS = ['log', 'constants', 'opcode'];

/**
 * Recognises files that aren't captures, such as a `package.json`, before the
 * page is served. Files that may be one are left to the page, which knows all
 * formats.
 *
 * @param {String} file A file that can be read
 * @param {Number} length Its length
 * @return {(String|null)} What it is; `null` where it may be a capture
 */
function notACapture(file, length) {
  const head = readHead(file);

  if (length > MAX_JSON_LENGTH || head.toString('latin1').trim()[0] !== '{') {
    return null;
  }

  try {
    const json = JSON.parse(fs.readFileSync(file, 'utf8'));

    return MARKS.some((mark) => Object.hasOwn(json, mark))
      ? null
      : 'it is JSON, but neither a HAR nor a NetLog';
  } catch {
    // Several lines of JSON, or the start of a capture.
    return null;
  }
}

function readHead(file) {
  const descriptor = fs.openSync(file);
  const head = Buffer.alloc(64);

  try {
    return head.subarray(0, fs.readSync(descriptor, head));
  } finally {
    fs.closeSync(descriptor);
  }
}

module.exports = notACapture;
