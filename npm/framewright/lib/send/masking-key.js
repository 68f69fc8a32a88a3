'use strict';

const { randomFillSync } = require('crypto');

const POOL_LENGTH = 8 * 1024;
const pool = Buffer.alloc(POOL_LENGTH);
const key = Buffer.alloc(4);
let poolAt = POOL_LENGTH;

/**
 * @param {Function} [generateMask] What the application makes keys with
 * @param {Buffer} [maskBuffer] What it is given to fill
 * @return {Buffer} The next masking key, until this is called again
 */
function nextKey(generateMask, maskBuffer = key) {
  if (generateMask) {
    generateMask(maskBuffer);
    return maskBuffer;
  }

  if (poolAt === POOL_LENGTH) {
    randomFillSync(pool);
    poolAt = 0;
  }

  key[0] = pool[poolAt++];
  key[1] = pool[poolAt++];
  key[2] = pool[poolAt++];
  key[3] = pool[poolAt++];
  return key;
}

/** The masking key of a sender's next frame, `null` if it isn't to be masked. */
function keyOf(sender, isMasked) {
  return isMasked ? nextKey(sender._generateMask, sender._maskBuffer) : null;
}

/** Writes a masking key where a frame's header ends. */
function writeKey(buffer, at, maskingKey) {
  buffer[at] = maskingKey[0];
  buffer[at + 1] = maskingKey[1];
  buffer[at + 2] = maskingKey[2];
  buffer[at + 3] = maskingKey[3];
}

module.exports = { keyOf, nextKey, writeKey };
