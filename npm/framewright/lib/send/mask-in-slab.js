'use strict';

const backend = require('../backend/backend');
const { bytes, NATIVE_MASK_LENGTH } = require('./masked-frame');
const { slab } = require('../outbox/slab');

/**
 * The masking key, rotated to start at a whole word: as bytes, and as one word.
 */
const laidKey = new Uint8Array(4);
const laidKeyWord = new Uint32Array(laidKey.buffer);

/**
 * Masks the payload of a frame in the slab.
 *
 * @param {Number} at Where in the slab it begins
 * @param {Number} length Its length in bytes
 * @param {Buffer} maskingKey The masking key
 */
function maskInSlab(at, length, maskingKey) {
  if (length < NATIVE_MASK_LENGTH) {
    maskByWords(slab, at, length, maskingKey);
  } else {
    const payload = bytes(slab.buffer, at, length);

    backend.mask(payload, maskingKey, payload, 0, length);
  }
}

/** Masks word by word; the first and the last few bytes one by one. */
function maskByWords({ buffer, words }, at, length, maskingKey) {
  const end = at + length;
  const firstWord = (at + 3) >>> 2;
  const endWord = end >>> 2;
  let i = at;

  laidKey[at & 3] = maskingKey[0];
  laidKey[(at + 1) & 3] = maskingKey[1];
  laidKey[(at + 2) & 3] = maskingKey[2];
  laidKey[(at + 3) & 3] = maskingKey[3];

  if (firstWord < endWord) {
    const word = laidKeyWord[0];

    for (; i < firstWord << 2; i++) buffer[i] ^= laidKey[i & 3];
    for (let j = firstWord; j < endWord; j++) words[j] ^= word;
    i = endWord << 2;
  }

  for (; i < end; i++) buffer[i] ^= laidKey[i & 3];
}

module.exports = maskInSlab;
