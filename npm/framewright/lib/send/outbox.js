'use strict';

const { Socket } = require('net');

const { nextTick } = require('../builtins');
const { isUnheld } = require('./kernel-write');
const { NO_FRAMES } = require('./run');
const SendCallback = require('./send-callback');
const { keepPiece, renewSlab, slab, unslabbed } = require('./slab');
const { kOutbox, putMethods, write } = require('./socket-methods');
const { endProcess, openTick, turn, waitForTurn } = require('./turn');

/** Longer frames are written as they are, not copied, in bytes. */
const COPY_LIMIT = 32 * 1024;

/**
 * What one connection collects before it is written all the same, in bytes: in
 * the handlers of a chunk, and outside, where it is more often the app that
 * speaks first and a client that doesn't read. What the kernel doesn't take
 * stays in memory as one piece.
 */
const COLLECT_LIMIT = 32 * 1024;
const TICK_LIMIT = 16 * 1024;

/**
 * How many frames a connection writes at once in a turn before others wait: a
 * handler may block, or the process may be killed, after it has sent them.
 */
const FIRST_FRAMES = 2;

/**
 * Longer frames are not copied for a socket that is behind, in bytes: what is
 * sent to many would be in memory as often. Shorter ones cost less than the
 * stream's own record of a write.
 */
const BEHIND_COPY_LIMIT = 256;

/**
 * Outside of handlers, Buffers from this length on are not copied, in bytes: they
 * are often sent to many, of whom some may be about to fall behind.
 */
const SHARE_LIMIT = 4 * 1024;

const FastBuffer = Buffer[Symbol.species];

/** What most outboxes hold most of the time. Never added to. */
const NONE = [];

/** Frames of one connection that are on their way out together. */
class Outbox {
  /**
   * @param {Sender} sender The sender whose frames it takes
   * @param {Socket} socket Its socket
   */
  constructor(sender, socket) {
    this.sender = sender;
    this.socket = socket;
    /** Where the socket's methods come from; asked each time, since others may wrap them */
    this.prototype = Object.getPrototypeOf(socket);
    this.length = 0;
    this.start = 0;
    // Pieces of slabs that are closed, because the slab was used up or another
    // connection's frames came in between.
    this.pieces = NONE;
    this.callbacks = NONE;
    // Shared frames, where there is nothing else; then no slab has a piece.
    this.run = null;
    // The last turn in which it sent, and how many frames left at once in it.
    this.turnId = -1;
    this.firstFrames = 0;
    // How many of the bytes, of the callbacks and of `counted` are not held.
    this.heldAt = -1;
    this.heldCallbacks = 0;
    this.heldCounted = 0;
    // What of it ws's sender shows as buffered, in bytes.
    this.counted = 0;
  }

  /** Whether the socket can't take what is written. */
  isBehind() {
    return this.socket._writableState.length > 0;
  }

  /**
   * Whether a frame may be copied into the slab.
   *
   * @param {Number} length The frame's length in bytes, about
   * @param {Boolean} isShareable Whether its payload may be written as it is, and
   *     so be in memory once however many connections it is sent on
   */
  takes(length, isShareable) {
    if (length <= BEHIND_COPY_LIMIT) return true;
    if (isShareable && length > SHARE_LIMIT && turn.chunks === 0) return false;
    return length <= COPY_LIMIT && !this.isBehind();
  }

  /**
   * Makes room for a frame after those that are there. The caller fills it and
   * then calls `add()` or `hold()`.
   *
   * @param {Number} length The frame's greatest possible length in bytes, at
   *     most three times `COPY_LIMIT` and a header
   * @return {Number} Where in `slab.buffer` the frame goes
   */
  reserve(length) {
    if (slab.end + length > slab.buffer.length) {
      if (slab.owner !== null) slab.owner.closePiece();
      renewSlab();
    }

    if (slab.owner !== this) {
      if (slab.owner !== null) slab.owner.closePiece();
      if (this.run !== null) this.closeRun();
      slab.owner = this;
      this.start = slab.end;
    }

    return slab.end;
  }

  /**
   * Adds the frame that was written where `reserve()` said, and writes it out
   * where nothing is to be waited for.
   *
   * @param {Number} length The frame's length in bytes
   * @param {Number} payloadLength Its payload's length before it was compressed
   * @param {Function} [cb] Called when it is written out
   */
  add(length, payloadLength, cb) {
    const isEmpty = this.length === 0;
    const collects = this.collects(length);

    slab.end += length;

    if (isEmpty && !collects) {
      this.writeOpenPiece(cb);
      return;
    }

    this.count(length, payloadLength, cb);
    if (!collects) this.flush();
    else if (isEmpty) waitForTurn(this);
  }

  /**
   * Adds a compressed frame, as `add()` does. It is held until the turn ends, and
   * so are those after it: ws compresses elsewhere, and if the socket is destroyed
   * meanwhile, they don't leave.
   */
  hold(length, payloadLength, cb) {
    const isEmpty = this.length === 0;

    slab.end += length;

    if (this.heldAt === -1) {
      this.heldAt = this.length;
      this.heldCallbacks = this.callbacks.length;
      this.heldCounted = this.counted;
    }

    this.count(length, payloadLength, cb);
    if (turn.isOver || this.length >= COLLECT_LIMIT) this.flush();
    else if (isEmpty) waitForTurn(this);
    if (turn.chunks === 0) openTick();
  }

  /**
   * Adds a frame that many connections are sent. It always collects, since who
   * sends to many often sends several messages; and where many have collected
   * the same frames, these are joined once and handed to all sockets.
   *
   * @param {Buffer} frame The frame, never written to again
   * @param {Function} [cb] Called when it is written out
   */
  share(frame, cb) {
    if (!turn.isOn || !this.takes(frame.length, false)) {
      this.socket.write(frame, cb);
      return;
    }

    if (this.length === 0) {
      this.run = NO_FRAMES.and(frame);
      waitForTurn(this);
    } else if (this.run !== null) {
      this.run = this.run.and(frame);
    } else {
      const at = this.reserve(frame.length);

      slab.buffer.set(frame, at);
      slab.end += frame.length;
    }

    this.count(frame.length, frame.length, cb);
    if (this.length >= COLLECT_LIMIT) this.flush();
    else if (turn.chunks === 0) openTick();
  }

  /**
   * What waits counts as buffered only where it would with ws: while the socket
   * is behind, or a message is being compressed.
   *
   * @private
   */
  count(length, payloadLength, cb) {
    this.length += length;

    if (this.heldAt !== -1) this.countBuffered(payloadLength);
    else if (this.isBehind()) this.countBuffered(length);

    if (typeof cb === 'function') {
      if (this.callbacks === NONE) this.callbacks = [];
      this.callbacks.push(new SendCallback(cb));
    }
  }

  /** @private */
  countBuffered(length) {
    this.counted += length;
    this.sender._bufferedBytes += length;
  }

  /**
   * Whether another frame is to wait for more.
   *
   * @private
   */
  collects(length) {
    const limit = turn.chunks > 0 ? COLLECT_LIMIT : TICK_LIMIT;

    if (!turn.isOn || this.length + length >= limit) return false;
    if (!turn.isLast) return true;

    if (this.turnId !== turn.id) {
      this.turnId = turn.id;
      this.firstFrames = 0;
    }

    if (turn.chunks === 0) openTick();
    return this.heldAt !== -1 || ++this.firstFrames > FIRST_FRAMES;
  }

  /**
   * Ends the piece of the slab that is being filled.
   *
   * @private
   */
  closePiece() {
    if (slab.end > this.start) {
      if (this.pieces === NONE) this.pieces = [];
      this.pieces.push(
        new FastBuffer(slab.memory, this.start, slab.end - this.start)
      );
    }

    slab.owner = null;
  }

  /**
   * Makes a piece of the shared frames, so that others can follow.
   *
   * @private
   */
  closeRun() {
    this.pieces = [this.run.bytes()];
    this.run = null;
  }

  /**
   * Writes what the slab ends with, and takes it off the slab again if nobody can
   * read it any more.
   *
   * @private
   */
  writeOpenPiece(cb) {
    const { start } = this;
    const { end, memory } = slab;

    slab.owner = null;

    if (
      this.writePiece(new FastBuffer(memory, start, end - start), cb) &&
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
   * @private
   */
  writePiece(piece, cb) {
    const { socket } = this;

    if (this.isBehind()) {
      socket.write(unslabbed(piece), cb);
      return true;
    }

    // By the socket's own method, as somebody may have wrapped it since.
    socket.write(piece, cb);

    if (
      socket._writableState.length === 0 &&
      socket.write === write &&
      isUnheld(socket, this.prototype)
    ) {
      return true;
    }

    keepPiece(piece);
    return false;
  }

  /** Writes out all that was collected. */
  flush() {
    if (this.length === 0) return;

    const { length, pieces, run } = this;

    if (slab.owner === this && pieces.length > 0) this.closePiece();

    const cb = this.reset();

    if (run !== null) {
      this.socket.write(run.bytes(), cb);
    } else if (pieces.length === 0) {
      this.writeOpenPiece(cb);
    } else if (pieces.length === 1) {
      this.writePiece(pieces[0], cb);
    } else {
      this.join(pieces, length);
      this.writeOpenPiece(cb);
    }
  }

  /**
   * Makes one piece of several, which takes less time than to write each.
   *
   * @private
   */
  join(pieces, length) {
    slab.end = this.reserve(length);

    for (const piece of pieces) {
      slab.buffer.set(piece, slab.end);
      slab.end += piece.length;
    }
  }

  /** Writes out what was collected and isn't held. */
  flushUnheld() {
    const { heldAt, heldCallbacks, heldCounted, length, sender } = this;

    if (heldAt === -1) this.flush();
    if (heldAt <= 0) return;
    if (slab.owner === this) this.closePiece();
    if (this.run !== null) this.closeRun();

    const frames = Buffer.concat(this.pieces, length);
    const { callbacks, counted } = this;

    this.reset();
    this.socket.write(
      frames.subarray(0, heldAt),
      callbacks === NONE ? undefined : joined(callbacks.slice(0, heldCallbacks))
    );
    // Who has wrapped the socket's `write()` may have sent something meanwhile.
    this.flush();

    this.length = length - heldAt;
    this.heldAt = 0;
    this.heldCallbacks = 0;
    this.heldCounted = 0;
    this.pieces = [frames.subarray(heldAt)];
    this.callbacks = callbacks === NONE ? NONE : callbacks.slice(heldCallbacks);
    this.counted = counted - heldCounted;
    sender._bufferedBytes += this.counted;
    waitForTurn(this);
    if (turn.chunks === 0) openTick();
  }

  /**
   * The socket is about to be destroyed: what is held doesn't leave any more, as
   * what ws is compressing doesn't.
   */
  abandonHeld() {
    if (this.heldAt === -1) return;
    this.flushUnheld();
    if (slab.owner === this) this.closePiece();

    const { callbacks, sender } = this;
    // It stays counted, as with ws.
    const { _bufferedBytes: buffered } = sender;

    this.reset();
    sender._bufferedBytes = buffered;

    const err = new Error(
      'The socket was closed while data was being compressed'
    );

    for (const callback of callbacks) {
      nextTick(() => callback.call(err));
    }
  }

  /**
   * Nothing is collected any more.
   *
   * @return {(Function|undefined)} What calls the callbacks
   * @private
   */
  reset() {
    const { callbacks } = this;

    this.sender._bufferedBytes -= this.counted;
    this.counted = 0;
    this.length = 0;
    this.heldAt = -1;
    this.pieces = NONE;
    this.run = null;
    this.callbacks = NONE;
    return callbacks === NONE ? undefined : joined(callbacks);
  }
}

/** One callback for several frames; each is called, whatever another throws. */
function joined(callbacks) {
  return function call(err) {
    while (callbacks.length > 0) {
      const callback = callbacks.shift();
      let isThrown = true;

      try {
        callback.call(err);
        isThrown = false;
      } finally {
        // The others are called apart, so that each may throw for itself.
        if (isThrown) nextTick(call, err);
      }
    }
  };
}

let isExitWatched = false;

/**
 * @param {Sender} sender A sender
 * @return {(Outbox|null)} Its outbox; `null` where each frame is to be written as
 *     ws writes it: on sockets that aren't Node's, and where somebody has put a
 *     `write()` of their own in
 */
function outboxOf(sender) {
  const known = sender[kOutbox];

  return known === undefined ? openOutbox(sender) : known;
}

function openOutbox(sender) {
  const { _socket: socket } = sender;
  // Senders that share a socket share its outbox, which keeps their order.
  let outbox = socket[kOutbox];

  if (outbox === undefined) {
    outbox = isNodes(socket) ? new Outbox(sender, socket) : null;
    if (outbox !== null) putMethods(socket, outbox);
  }

  if (!isExitWatched) {
    isExitWatched = true;
    process.on('exit', endProcess);
  }

  sender[kOutbox] = outbox;
  return outbox;
}

function isNodes(socket) {
  return socket instanceof Socket && !Object.hasOwn(socket, 'write');
}

module.exports = { COPY_LIMIT, kOutbox, outboxOf };
