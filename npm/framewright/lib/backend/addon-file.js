'use strict';

const fs = require('fs');
const path = require('path');

const hostRequire = require('./host-require');

const ELF = Buffer.from('7f454c460201', 'hex'); // of 64 bits, little-endian
const ELF_HEADER_LENGTH = 64;

/**
 * Loads an addon if its file is complete. Linux doesn't check: it maps a cut
 * file into memory, and ends the process with SIGBUS when the missing part is
 * read.
 *
 * @param {String} id What to require
 * @param {String} remedy What to do about a damaged one
 * @return {Object} The addon's exports
 */
function loadAddon(id, remedy) {
  // A bundler's `require()` may have no `resolve()`.
  const file = hostRequire.resolve?.(id);
  const damage = file && damageOf(file);

  if (damage) throw new Error(`${file} is damaged: ${damage}; ${remedy}`);
  return hostRequire(id);
}

/** What is wrong with a file, if that can be told. */
function damageOf(file) {
  try {
    const { size } = fs.statSync(file);
    const packed = lengthAsPacked(file);

    // Signing makes it longer.
    if (size >= packed) return null;

    // `strip` makes it shorter without damage.
    const length = lengthOfElf(file) ?? packed;

    return size < length ? `${size} of ${length} bytes` : null;
  } catch {
    // Loading it tells why it can't be read, if it can't.
    return null;
  }
}

/** The length that an addon was packed with, if it comes in a package. */
function lengthAsPacked(file) {
  const manifest = path.join(path.dirname(file), 'package.json');

  if (!fs.existsSync(manifest)) return undefined;
  return JSON.parse(fs.readFileSync(manifest, 'utf8')).addonLength;
}

/** Where the table of sections ends, which linkers put last. */
function lengthOfElf(file) {
  const header = Buffer.alloc(ELF_HEADER_LENGTH);
  const fd = fs.openSync(file);

  try {
    const length = fs.readSync(fd, header, 0, header.length, 0);

    if (length < header.length || !header.subarray(0, 6).equals(ELF)) {
      return undefined;
    }
  } finally {
    fs.closeSync(fd);
  }

  const at = Number(header.readBigUInt64LE(40));
  const entryLength = header.readUInt16LE(58);
  const entries = header.readUInt16LE(60);

  return at + entries * entryLength;
}

module.exports = loadAddon;
