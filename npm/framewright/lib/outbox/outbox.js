'use strict';

const { writeToStream } = require('./kernel-write');
const { NO_FRAMES } = require('./run');
const { SendCallback, together } = require('./send-callback');
const { closePieces, reserve, slab } = require('./slab');
const { takesFrame } = require('./takes');
const { openTick, turn, waitForTurn } = require('./turn');
const {
  joinPieces,
  writeOpenPiece,
  writePiece,
  writeRun
} = require('./write-piece');

/**
 * How many bytes one connection collects at most before it writes: in a chunk's
 * handlers, and outside of them. Outside, the app is more often the first to
 * speak, and a client may not be reading. What the kernel doesn't take stays in
 * memory as one piece.
 */
const COLLECT_LIMIT = 32 * 1024;
const TICK_LIMIT = 16 * 1024;

/**
 * How many frames a connection writes at once in a turn before others wait.
 * After sending them, a handler may block, or the process may be killed.
 */
const FIRST_FRAMES = 2;

/** What most outboxes hold most of the time. Nothing is ever added to it. */
const NONE = [];

/**
 * Frames of one connection that are on their way out together. They are
 * pieces of the slab, or shared with other connections (run.js).
 */
class Outbox {
  /**
   * @param {Sender} sender The sender whose frames it takes
   * @param {Socket} socket Its socket
   */
  constructor(sender, socket) {
    this.sender = sender;
    this.socket = socket;
    /**
     * The prototype of the socket. Methods are looked up each time, since
     * others may wrap them
     */
    this.prototype = Object.getPrototypeOf(socket);
    this.length = 0;
    this.start = 0;
    // Pieces of slabs that are closed, because the slab was used up or another
    // connection's frames came in between.
    this.pieces = NONE;
    this.callbacks = NONE;
    // Shared frames, where there are no others; then no slab has a piece.
    this.run = null;
    // The last turn in which it sent, and how many frames left at once in it.
    this.turnId = -1;
    this.firstFrames = 0;
    // How many bytes and callbacks, and how much of `counted`, come before the
    // frames that are held.
    this.heldAt = -1;
    this.heldCallbacks = 0;
    this.heldCounted = 0;
    // How many of the bytes ws's sender reports as buffered.
    this.counted = 0;
    // The length in bytes of a frame that fills the socket's stream, and
    // whether such a frame waits to be written.
    this.fullLength = socket._writableState.highWaterMark;
    this.isFull = false;
    // How many bytes were sent without the socket's stream.
    this.sent = 0;
  }

  /** Whether the socket can't take what is written. */
  isBehind() {
    return this.socket._writableState.length > 0;
  }

  /**
   * Adds the frame that was written where `reserve()` said, and writes it out
   * if there is nothing to wait for.
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
      writeOpenPiece(this, cb);
      return;
    }

    this.count(length, payloadLength, cb);
    if (!collects) this.flush();
    else if (isEmpty) waitForTurn(this);
  }

  /**
   * Adds a compressed frame, as `add()` does. It is held until the turn ends, and
   * so are those after it: ws compresses elsewhere, and if the socket is destroyed
   * meanwhile, they don't leave (held.js).
   */
  hold(length, payloadLength, cb) {
    const isEmpty = this.length === 0;

    slab.end += length;
    this.fill(length);

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
   * Adds a frame that many connections are sent. It always collects, since
   * whoever sends to many often sends several messages. Where many connections
   * have collected the same frames, these are joined once, and all sockets get
   * the result.
   *
   * @param {Buffer} frame The frame, never written to again
   * @param {Function} [cb] Called when it is written out
   */
  share(frame, cb) {
    if (!turn.isOn || !takesFrame(this, frame.length, false)) {
      this.socket.write(frame, cb);
      return;
    }

    if (this.length === 0) {
      this.run = NO_FRAMES.and(frame);
      waitForTurn(this);
    } else if (this.run !== null) {
      this.run = this.run.and(frame);
    } else {
      const at = reserve(this, frame.length);

      slab.buffer.set(frame, at);
      slab.end += frame.length;
    }

    this.count(frame.length, frame.length, cb);
    if (this.length >= COLLECT_LIMIT) this.flush();
    else if (turn.chunks === 0) openTick();
  }

  /**
   * What waits counts as buffered only where it would with ws: while the socket
   * can't take more, or a message is being compressed.
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
   * Whether the next frame is to wait for more.
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
   * Notes that ws would write the next frame as two parts, which fill the stream
   * if they are long enough.
   *
   * @param {Number} length Their length, as the stream counts it
   */
  fill(length) {
    if (length >= this.fullLength) this.isFull = true;
  }

  /**
   * Writes a frame that has memory of its own, after what was collected.
   *
   * @param {Buffer} frame The frame
   * @param {Boolean} hasParts Whether ws would write it as two parts
   * @param {Function} [cb] Called when it is written out
   */
  write(frame, hasParts, cb) {
    this.flush();
    if (hasParts) this.fill(frame.length);
    writeToStream(this, frame, cb);
  }

  /** Writes out all that was collected. */
  flush() {
    if (this.length === 0) return;

    // A single piece is written in place, and so can be taken off the slab.
    if (slab.owner === this && this.pieces.length > 0) closePieces(this);

    const { length, pieces, run } = this;
    const cb = together(this.reset());

    if (run !== null) {
      writeRun(this, run.bytes(), cb);
    } else if (pieces.length === 0) {
      writeOpenPiece(this, cb);
    } else if (pieces.length === 1) {
      writePiece(this, pieces[0], cb);
    } else {
      joinPieces(this, pieces, length);
      writeOpenPiece(this, cb);
    }
  }

  /**
   * Forgets everything that was collected.
   *
   * @return {SendCallback[]} The callbacks of what was collected
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
    return callbacks;
  }
}

module.exports = Outbox;
