'use strict';

const { isUnheld } = require('./kernel-write');
const { keepPiece, reserve, slab, unslabbed } = require('./slab');
const { write } = require('./socket-methods');

const FastBuffer = Buffer[Symbol.species];

/**
 * Makes one piece of several, which takes less time than to write each.
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
 * Writes what the slab ends with, and takes it off the slab again if nobody can
 * read it any more.
 *
 * @param {Outbox} outbox Whose frames it is
 * @param {Function} [cb] Called when it is written out
 */
function writeOpenPiece(outbox, cb) {
  const { start } = outbox;
  const { end, memory } = slab;

  slab.owner = null;

  if (
    writePiece(outbox, new FastBuffer(memory, start, end - start), cb) &&
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
 * @return {Boolean} Whether its bytes may be used again
 */
function writePiece(outbox, piece, cb) {
  const { socket } = outbox;

  if (outbox.isBehind()) {
    socket.write(unslabbed(piece), cb);
    return true;
  }

  // By the socket's own method, as somebody may have wrapped it since.
  socket.write(piece, cb);

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

module.exports = { joinPieces, writeOpenPiece, writePiece };
