'use strict';

/**
 * What Node's streams hold of a connection. There is no public way to ask, but
 * these names have existed since Node 14.
 */

/**
 * @param {Readable} stream A stream without an encoding
 * @return {(Buffer[]|null)} What was pushed and nobody has read; `null` where it
 *     can't be told
 */
function unread({ _readableState: state }) {
  if (state.length === 0) return [];

  const chunks = [...state.buffer].slice(state.bufferIndex ?? 0);

  return lengthOf(chunks) === state.length ? chunks : null;
}

/**
 * @param {Writable} stream A stream
 * @return {Object[]} What was written and not handed to `_write()` yet, with the
 *     encodings
 */
function unwritten({ _writableState: state }) {
  return state.getBuffer();
}

/**
 * @param {Writable} stream A stream
 * @return {Number} The same in bytes
 */
function unwrittenLength(stream) {
  return unwritten(stream).reduce(
    (sum, { chunk, encoding }) =>
      sum +
      (typeof chunk === 'string'
        ? Buffer.byteLength(chunk, encoding)
        : chunk.length),
    0
  );
}

function lengthOf(chunks) {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

module.exports = { unread, unwritten, unwrittenLength };
