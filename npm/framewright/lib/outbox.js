'use strict';

const { Socket } = require('net');

const { writesThrough } = require('./copying-write');
const Run = require('./run');
const SendCallback = require('./send-callback');

/**
 * Frames that are on their way out together.
 *
 * While the handlers of a chunk run, what they send collects and is written when
 * the chunk is done. Outside, the first frame of a tick goes out at once, and
 * only what follows in the same tick collects, until its microtasks run.
 */

const SLAB_LENGTH = 128 * 1024;

/** Longer frames are written as they are, not copied, in octets. */
const COPY_LIMIT = 32 * 1024;

/** What one connection collects before it is written all the same, in octets. */
const COLLECT_LIMIT = 64 * 1024;

const kOutbox = Symbol('framewright.outbox');

let isOn = process.env.FRAMEWRIGHT_COALESCE !== 'off';

/** What leads straight to the kernel, unless somebody has wrapped it. */
const { write: SOCKET_WRITE } = Socket.prototype;

/**
 * Where frames are put together. Its octets are handed to sockets, so none is
 * written over that may still be read; when it is used up, a new one takes its
 * place.
 */
const slab = {
  buffer: Buffer.alloc(0),
  /** What it is a view of, whole: asking the view each time is slow */
  memory: null,
  /** The same octets, by words */
  words: new Uint32Array(0),
  end: 0,
  owner: null
};

/** The outboxes that hold frames, in the order in which they began to. */
const waiting = [];

/** How many of them are written out already. */
let flushed = 0;

const RESOLVED = Promise.resolve();

let chunks = 0;
let tick = 0;
let isTickOpen = false;
let isExitWatched = false;

const FastBuffer = Buffer[Symbol.species];

/** What most outboxes hold most of the time. Never added to. */
const NONE = [];

const NO_FRAMES = new Run(null);

class Outbox {
  /**
   * @param {Sender} sender The sender whose frames it takes
   */
  constructor(sender) {
    const socket = sender._socket;

    this.sender = sender;
    this.socket = socket;
    this.length = 0;
    this.start = 0;
    // Pieces of slabs that are closed, because the slab was used up or another
    // connection's frames came in between.
    this.pieces = NONE;
    this.callbacks = NONE;
    // Shared frames, where there is nothing else; then no slab has a piece.
    this.run = null;
    this.tick = -1;

    // Whatever else is done to the socket comes behind what was sent before.
    this.methods = {
      destroy: socket.destroy,
      end: socket.end,
      write: socket.write
    };
    socket[kOutbox] = this;
    socket.destroy = destroy;
    socket.end = end;
    socket.write = write;
  }

  /**
   * Makes room for a frame behind those that are there. The caller fills it and
   * then calls `add()`.
   *
   * @param {Number} length The frame's greatest possible length in octets, at
   *     most `COPY_LIMIT` and a header
   * @return {Number} Where in `slab.buffer` the frame goes
   */
  reserve(length) {
    if (slab.end + length > slab.buffer.length) {
      if (slab.owner !== null) slab.owner.closePiece();
      slab.buffer = Buffer.allocUnsafeSlow(SLAB_LENGTH);
      slab.memory = slab.buffer.buffer;
      slab.words = new Uint32Array(slab.memory);
      slab.end = 0;
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
   * @param {Number} length The frame's length in octets
   * @param {Function} [cb] Called when it is written out
   */
  add(length, cb) {
    const isEmpty = this.length === 0;
    const collects = this.collects(length);

    slab.end += length;

    if (isEmpty && !collects) {
      this.writeOpenPiece(cb);
      return;
    }

    this.count(length, cb);
    if (!collects) this.flush();
    else if (isEmpty) waiting.push(this);
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
    if (!isOn || frame.length > COPY_LIMIT) {
      this.socket.write(frame, cb);
      return;
    }

    if (this.length === 0) {
      this.run = NO_FRAMES.and(frame);
      waiting.push(this);
    } else if (this.run !== null) {
      this.run = this.run.and(frame);
    } else {
      const at = this.reserve(frame.length);

      slab.buffer.set(frame, at);
      slab.end += frame.length;
    }

    this.count(frame.length, cb);
    if (this.length >= COLLECT_LIMIT) this.flush();
    else if (chunks === 0) openTick();
  }

  /** @private */
  count(length, cb) {
    this.length += length;
    this.sender._bufferedBytes += length;

    if (typeof cb === 'function') {
      if (this.callbacks === NONE) this.callbacks = [];
      this.callbacks.push(new SendCallback(cb));
    }
  }

  /**
   * Whether another frame is to wait for more.
   *
   * @private
   */
  collects(length) {
    if (!isOn || this.length + length >= COLLECT_LIMIT) return false;
    if (chunks > 0) return true;

    const isFirst = this.tick !== tick;

    this.tick = tick;
    openTick();
    return !isFirst;
  }

  /**
   * Ends the piece of the slab that is being filled.
   *
   * @private
   */
  closePiece() {
    if (slab.end > this.start) {
      if (this.pieces === NONE) this.pieces = [];
      this.pieces.push(this.openPiece());
    }

    slab.owner = null;
  }

  /**
   * Makes a piece of the shared frames, so that others can follow.
   *
   * @private
   */
  closeRun() {
    this.pieces = [this.run.octets()];
    this.run = null;
  }

  /**
   * Whether the socket can't take what is written: it must not keep a whole slab
   * alive until then.
   *
   * @private
   */
  isBehind() {
    return this.socket.writableLength > 0;
  }

  /** @private */
  openPiece() {
    return new FastBuffer(slab.memory, this.start, slab.end - this.start);
  }

  /**
   * Writes what the slab ends with, and takes it off the slab again if nobody can
   * read it any more. So most slabs never fill: one that does is garbage that V8
   * is in no hurry to collect.
   *
   * @private
   */
  writeOpenPiece(cb) {
    const { socket, start } = this;
    const { end, memory } = slab;
    const isBehind = this.isBehind();
    const piece = this.openPiece();

    slab.owner = null;
    socket.write(isBehind ? unslabbed(piece) : piece, cb);

    if (
      (isBehind || (socket.writableLength === 0 && this.isDirect())) &&
      // Unless others sent something meanwhile.
      slab.end === end &&
      slab.memory === memory
    ) {
      slab.end = start;
    }
  }

  /**
   * Whether nobody sees what is written on its way to the kernel, and might keep
   * it.
   *
   * @private
   */
  isDirect() {
    return (
      this.socket.write === write &&
      this.methods.write === SOCKET_WRITE &&
      writesThrough(this.socket)
    );
  }

  /** Writes out all that was collected. */
  flush() {
    if (this.length === 0) return;

    const { callbacks, pieces, run, sender, socket } = this;
    const isOpen = slab.owner === this;
    const cb = callbacks === NONE ? undefined : joined(callbacks);

    sender._bufferedBytes -= this.length;
    this.length = 0;
    this.pieces = NONE;
    this.run = null;
    this.callbacks = NONE;

    if (isOpen && pieces.length === 0) {
      this.writeOpenPiece(cb);
      return;
    }

    const isBehind = this.isBehind();
    let last;

    if (isOpen) {
      last = this.openPiece();
      slab.owner = null;
    } else {
      last = run === null ? pieces.pop() : run.octets();
    }

    if (isBehind) last = unslabbed(last);

    // By the socket's own method, as somebody may have wrapped it since.
    if (pieces.length === 0) {
      socket.write(last, cb);
      return;
    }

    socket.cork();
    for (const piece of pieces) {
      socket.write(isBehind ? unslabbed(piece) : piece);
    }
    socket.write(last, cb);
    socket.uncork();
  }
}

/** A piece, copied if it is part of a slab. */
function unslabbed(piece) {
  return piece.buffer.byteLength === SLAB_LENGTH ? Buffer.from(piece) : piece;
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
        if (isThrown) process.nextTick(call, err);
      }
    }
  };
}

// The methods of a socket with an outbox.

function destroy(err) {
  this[kOutbox].flush();
  return this[kOutbox].methods.destroy.call(this, err);
}

function end(chunk, encoding, cb) {
  this[kOutbox].flush();
  return this[kOutbox].methods.end.call(this, chunk, encoding, cb);
}

function write(chunk, encoding, cb) {
  this[kOutbox].flush();
  return this[kOutbox].methods.write.call(this, chunk, encoding, cb);
}

function flushAll() {
  try {
    while (flushed < waiting.length) waiting[flushed++].flush();
  } finally {
    // A socket threw: the frames of the others go out all the same.
    if (flushed < waiting.length) flushAll();

    waiting.length = 0;
    flushed = 0;
    NO_FRAMES.next = null;
  }
}

function openTick() {
  if (isTickOpen) return;
  isTickOpen = true;
  // Cheaper than `queueMicrotask()`.
  RESOLVED.then(endTick);
}

function endTick() {
  isTickOpen = false;
  tick++;
  if (waiting.length === 0) return;

  try {
    flushAll();
  } catch (err) {
    // Thrown from a promise's callback, it would be a rejection.
    queueMicrotask(() => {
      throw err;
    });
  }
}

/** The handlers of a chunk begin: from here on, frames collect. */
function beginChunk() {
  chunks++;
}

/** The handlers of a chunk are done. */
function endChunk() {
  chunks--;
  if (chunks === 0 && waiting.length > 0) flushAll();
}

/** There will be no microtask any more, so nothing may wait for one. */
function endProcess() {
  isOn = false;
  flushAll();
}

/**
 * @param {Sender} sender A sender
 * @return {Outbox} Its outbox
 */
function outboxOf(sender) {
  if (!isExitWatched) {
    isExitWatched = true;
    process.on('exit', endProcess);
  }

  const { _socket: socket } = sender;

  // Senders that share a socket share its outbox, which keeps their order.
  sender[kOutbox] = socket[kOutbox] || new Outbox(sender);
  return sender[kOutbox];
}

module.exports = { beginChunk, COPY_LIMIT, endChunk, kOutbox, outboxOf, slab };
