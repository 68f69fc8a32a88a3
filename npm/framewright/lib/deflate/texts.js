'use strict';

const backend = require('../backend');

const FastBuffer = Buffer[Symbol.species];

/** Few octets, since one text that is kept holds all of them. */
const TEXTS_LENGTH = 16 * 1024;

/** Longer texts have memory of their own, in octets. */
const SHARE_LIMIT = 4 * 1024;

/**
 * Where short inflated texts go, one behind the other. Its octets are handed to
 * the application, so none is written twice; when it is used up, a new one takes
 * its place.
 */
const texts = { buffer: Buffer.alloc(0), end: 0 };

/**
 * What `inflate()` gave, with the rest of `texts` for its target.
 *
 * @param {Number} length Its length in octets
 * @return {Buffer} The text
 */
function takeText(length) {
  // Or else it isn't there.
  if (length > texts.buffer.length - texts.end) {
    if (length > SHARE_LIMIT) return taken(Buffer.allocUnsafeSlow(length));

    texts.buffer = Buffer.allocUnsafeSlow(TEXTS_LENGTH);
    texts.end = 0;
    taken(octets(length));
  }

  const text = octets(length);

  texts.end += length;
  return text;
}

function octets(length) {
  return new FastBuffer(texts.buffer.buffer, texts.end, length);
}

function taken(target) {
  backend.deflate.takeDeflated(target);
  return target;
}

module.exports = { takeText, texts };
