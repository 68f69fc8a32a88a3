'use strict';

const FastBuffer = Buffer[Symbol.species];

/** A view of part of a buffer, as ws makes them: cheaper than `subarray()`. */
function slice(buffer, offset, length) {
  return new FastBuffer(buffer.buffer, buffer.byteOffset + offset, length);
}

/**
 * Joins the fragments of a text message.
 *
 * @param {Buffer[]} fragments The fragments that aren't empty
 * @param {Number} length Their length in bytes
 * @param {WsCopy} copy The copy of ws that the message is for
 * @return {Buffer} The message's data
 */
function textData(fragments, length, copy) {
  if (fragments.length === 0) return copy.EMPTY_BUFFER;
  if (fragments.length === 1) return fragments[0];
  return Buffer.concat(fragments, length);
}

/**
 * Joins the fragments of a binary message, in the type the application asked for.
 *
 * @param {Buffer[]} fragments The fragments that aren't empty
 * @param {Number} length Their length in bytes
 * @param {WsCopy} copy The copy of ws that the message is for
 * @param {String} binaryType The type
 * @return {(Buffer|ArrayBuffer|Blob|Buffer[])} The message's data
 */
function binaryData(fragments, length, copy, binaryType) {
  switch (binaryType) {
    case 'nodebuffer':
      return textData(fragments, length, copy);
    case 'arraybuffer':
      return toArrayBuffer(textData(fragments, length, copy));
    case 'blob':
      // Only where this copy of ws knows blobs; else `fragments` is left.
      return copy.hasBlob ? new Blob(fragments) : fragments;
    default:
      return fragments;
  }
}

function toArrayBuffer(buffer) {
  const { buffer: memory, byteOffset, length } = buffer;

  return length === memory.byteLength
    ? memory
    : memory.slice(byteOffset, byteOffset + length);
}

module.exports = { binaryData, slice, textData };
