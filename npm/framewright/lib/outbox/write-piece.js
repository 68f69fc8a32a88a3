'use strict';

const sendToKernel = require('./kernel-send');
const { isUnheld, writeToStream } = require('./kernel-write');
const { keepPiece, reserve, slab, unslabbed } = require('./slab');
const { write } = require('./socket-methods');

const FastBuffer = Buffer[Symbol.species];

/**
 * Joins pieces into one, which takes less time than writing each.
 *
 * @param {Outbox} outbox Whose frames they are
 * @param {Buffer[]} pieces The pieces
 * @param {Number} length Their length in bytes
 */
function joinPieces(outbox, pieces, length) {
  slab.end = reserve(outbox, length);

  for (const piece of pieces) {
    slab.buffer.set(piece, slab.end);
    slab.end += piece.length;
  }
}

/**
 * Writes the last piece of the slab, and takes it off the slab again if nobody
 * can read it any more.
 *
 * @param {Outbox} outbox Whose frames it is
 * @param {Function} [cb] Called when it is written out
 */
function writeOpenPiece(outbox, cb) {
  const { start } = outbox;
  const { buffer, end, memory } = slab;

  slab.owner = null;

  const sent =
    cb === undefined ? sendToKernel(outbox, buffer, start, end - start) : 0;

  if (sent > 0) {
    slab.end = start;
    if (sent < end - start) writeRest(outbox, buffer, start + sent, end);
    return;
  }

  if (
    writeThroughStream(
      outbox,
      new FastBuffer(memory, start, end - start),
      cb
    ) &&
    // Unless others sent something meanwhile.
    slab.end === end &&
    slab.memory === memory
  ) {
    slab.end = start;
  }
}

/**
 * Writes a piece of the slab.
 *
 * @param {Outbox} outbox Whose frames it is
 * @param {Buffer} piece The piece
 * @param {Function} [cb] Called when it is written out
 */
function writePiece(outbox, piece, cb) {
  const { length } = piece;
  const sent = cb === undefined ? sendToKernel(outbox, piece, 0, length) : 0;

  if (sent === 0) writeThroughStream(outbox, piece, cb);
  else if (sent < length) writeRest(outbox, piece, sent, length);
}

/**
 * Writes frames that other connections are sent as well.
 *
 * @param {Outbox} outbox Whose frames they are
 * @param {Buffer} bytes The frames
 * @param {Function} [cb] Called when they are written out
 */
function writeRun(outbox, bytes, cb) {
  const { length } = bytes;
  const sent = cb === undefined ? sendToKernel(outbox, bytes, 0, length) : 0;

  // Whoever has wrapped `write()` sees that it is the same for all.
  if (sent === 0) writeToStream(outbox, bytes, cb);
  else if (sent < length) outbox.socket.write(bytes.subarray(sent));
}

/** Writes what the kernel didn't take, from memory of its own. */
function writeRest(outbox, buffer, start, end) {
  outbox.socket.write(Buffer.from(buffer.subarray(start, end)));
}

/**
 * Writes a piece of the slab by the socket's own method.
 *
 * @return {Boolean} Whether its bytes may be used again
 */
function writeThroughStream(outbox, piece, cb) {
  const { socket } = outbox;

  if (outbox.isBehind()) {
    writeToStream(outbox, unslabbed(piece), cb);
    return true;
  }

  // The socket's own method, since somebody may have wrapped it meanwhile.
  writeToStream(outbox, piece, cb);

  if (
    socket._writableState.length === 0 &&
    socket.write === write &&
    isUnheld(socket, outbox.prototype)
  ) {
    return true;
  }

  keepPiece(piece);
  return false;
}

module.exports = { joinPieces, writeOpenPiece, writePiece, writeRun };
