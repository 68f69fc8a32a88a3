'use strict';

const LENGTH = 128 * 1024;
const FastBuffer = Buffer[Symbol.species];

/**
 * Where frames are put together: memory that all connections share. Sockets get
 * pieces of it, so what somebody may still read is not overwritten. Mostly
 * nobody can once the kernel has it, so most slabs never fill.
 */
const slab = {
  buffer: Buffer.alloc(0),
  /** The memory that it is a view of; asking the view each time is slow */
  memory: null,
  /** The same bytes as words */
  words: new Uint32Array(0),
  end: 0,
  /** The end of what somebody may still read */
  floor: 0,
  /** The outbox that its last frames belong to */
  owner: null
};

/** The slabs that were used up since the outboxes were last empty. */
const usedUp = [];

/** A slab that nobody reads, for when the next one is used up. */
let spare = null;

/**
 * Makes room for a frame after those that an outbox holds. The caller fills it
 * and then calls the outbox's `add()` or `hold()`.
 *
 * @param {Outbox} outbox The outbox
 * @param {Number} length The frame's greatest possible length in bytes, at
 *     most three times `COPY_LIMIT` and a header
 * @return {Number} Where in `slab.buffer` the frame goes
 */
function reserve(outbox, length) {
  if (slab.end + length > slab.buffer.length) {
    if (slab.owner !== null) closePiece();
    renewSlab();
  }

  if (slab.owner !== outbox) {
    if (slab.owner !== null) closePiece();
    if (outbox.run !== null) closeRun(outbox);
    slab.owner = outbox;
    outbox.start = slab.end;
  }

  return slab.end;
}

/** Hands the piece that is being filled to the outbox it belongs to. */
function closePiece() {
  const { end, memory, owner } = slab;

  if (end > owner.start) {
    const piece = new FastBuffer(memory, owner.start, end - owner.start);

    // Outboxes without pieces share an empty list.
    if (owner.pieces.length === 0) owner.pieces = [piece];
    else owner.pieces.push(piece);
  }

  slab.owner = null;
}

/** Makes a piece of the shared frames, so that others can follow. */
function closeRun(outbox) {
  outbox.pieces = [outbox.run.bytes()];
  outbox.run = null;
}

/**
 * Has an outbox hold all its frames as pieces.
 *
 * @param {Outbox} outbox The outbox
 */
function closePieces(outbox) {
  if (slab.owner === outbox) closePiece();
  if (outbox.run !== null) closeRun(outbox);
}

/** Replaces the slab that is used up. */
function renewSlab() {
  const { buffer, floor } = slab;

  if (buffer.length > 0) usedUp.push({ buffer, floor });
  useSlab(spare ?? Buffer.allocUnsafeSlow(LENGTH), 0);
  spare = null;
}

function useSlab(buffer, floor) {
  slab.buffer = buffer;
  slab.memory = buffer.buffer;
  slab.words = new Uint32Array(slab.memory);
  slab.end = floor;
  slab.floor = floor;
}

/**
 * Keeps a piece from being overwritten: a socket, or whoever wrapped its
 * `write()`, may still read it.
 *
 * @param {Buffer} piece The piece
 */
function keepPiece({ buffer: memory, byteOffset, length }) {
  const home =
    memory === slab.memory
      ? slab
      : usedUp.find(({ buffer }) => buffer.buffer === memory);

  if (home) home.floor = Math.max(home.floor, byteOffset + length);
}

/**
 * No outbox has a piece any more, so what nobody can read is free again.
 * Continues with the slab that has the most readers and some room, so that slow
 * readers share few slabs.
 */
function reclaimSlab() {
  if (slab.owner !== null) return;

  slab.end = slab.floor;
  if (usedUp.length === 0) return;

  usedUp.push({ buffer: slab.buffer, floor: slab.floor });
  usedUp.sort((a, b) => b.floor - a.floor);

  const home = usedUp.find(({ floor }) => floor <= LENGTH / 2);
  const last = usedUp.at(-1);

  if (last.floor === 0 && last !== home) spare = last.buffer;

  usedUp.length = 0;
  if (home) useSlab(home.buffer, home.floor);
}

/**
 * A piece in memory of its own, if it is part of a slab: a socket that can't
 * write it yet must not keep a whole slab alive.
 *
 * @param {Buffer} piece The piece
 * @return {Buffer} The piece, or its copy
 */
function unslabbed(piece) {
  return piece.buffer.byteLength === LENGTH ? Buffer.from(piece) : piece;
}

module.exports = {
  closePieces,
  keepPiece,
  reclaimSlab,
  renewSlab,
  reserve,
  slab,
  unslabbed
};
