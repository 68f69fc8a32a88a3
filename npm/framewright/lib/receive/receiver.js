'use strict';

const { Writable } = require('stream');

const backend = require('../backend/backend');
const { nextTick } = require('../builtins');
const emit = require('./emit');
const { beginChunk, endChunk, turn } = require('../send/turn');
const { COUNT, EVENTS_AT, EVENT_WORDS, TAKEN, TEXT } = require('./event-table');
const { EMIT_PONG, INFLATE, NOTHING, Reception } = require('./reception');
const messageListener = require('./listener');
const Walk = require('./walk');

const FastBuffer = Buffer[Symbol.species];

const kReception = Symbol('framewright.reception');

/** Whether some receiver's handlers are running: the table is in use. */
let isTableInUse = false;

/**
 * Makes a copy of ws decode with the codec.
 *
 * @param {WsCopy} copy The copy
 * @return {Object} The methods to put on its `Receiver.prototype`
 */
function receiverMethods(copy) {
  const stock = copy.stock.receiver;
  const methods = {
    /**
     * The way of nearly every chunk: decode it, deliver its events, done. It
     * goes through the machinery of `Writable` only where the chunk can't be
     * finished at once, or the stream has something else to do first.
     */
    write(chunk, encoding, cb) {
      const reception = this[kReception] || open(this, copy);

      if (
        encoding !== undefined ||
        cb !== undefined ||
        isTableInUse ||
        !reception.isIdle() ||
        this._write !== write ||
        copy.isWrapped(this) ||
        !(chunk instanceof FastBuffer) ||
        !takesChunks(this._writableState)
      ) {
        return Writable.prototype.write.call(this, chunk, encoding, cb);
      }

      if (this._maxPayload !== reception.maxPayload) reception.follow(this);
      return deliver(this, reception, chunk);
    },

    _write(chunk, encoding, cb) {
      let reception = this[kReception] || open(this, copy);

      if (copy.isWrapped(this)) reception = leaveToWs(this, reception);

      if (reception.isStock) {
        stock._write.call(this, chunk, encoding, cb);
      } else if (reception.isFailed) {
        // A stream hands over the chunks that it holds even after an error.
        cb();
      } else if (reception.isBusy) {
        // Written from inside a handler of this receiver's own.
        reception.queued = { chunk, cb };
      } else if (reception.walk !== null) {
        // `deliver()` hands over a chunk that it couldn't finish.
        reception.walk.cb = cb;
        if (!reception.walk.waiting) reception.walk.run();
      } else {
        if (this._maxPayload !== reception.maxPayload) reception.follow(this);
        reception.walk = new Walk(this, reception, chunk, cb);
        reception.walk.run();
      }
    },

    _destroy(err, cb) {
      const reception = this[kReception];

      if (reception !== undefined) reception.close();
      stock._destroy.call(this, err, cb);
    }
  };
  const write = methods._write;

  return methods;
}

/** Gives a receiver its decoder, unless ws has begun reading with it. */
function open(receiver, copy) {
  if (receiver.destroyed) return DESTROYED;

  const isUsed =
    copy.isWrapped(receiver) ||
    receiver._state !== 0 ||
    receiver._bufferedBytes !== 0 ||
    receiver._fragmented !== 0 ||
    receiver._opcode !== 0;

  receiver[kReception] = isUsed ? STOCK : new Reception(receiver, copy);
  return receiver[kReception];
}

/**
 * Leaves a receiver to ws from now on, if it is between two messages; else it
 * stays with the codec, which has the first half of one.
 */
function leaveToWs(receiver, reception) {
  if (!(reception instanceof Reception) || !reception.isBetweenMessages()) {
    return reception;
  }

  reception.close();
  receiver[kReception] = STOCK;
  return STOCK;
}

/**
 * A receiver that ws was in the middle of a frame with when it was accelerated,
 * or that somebody has put methods of their own in.
 */
const STOCK = { isStock: true, close() {}, isIdle: () => false };

/** A receiver that was destroyed before it read anything: its stream refuses. */
const DESTROYED = { isStock: false, close() {}, isIdle: () => false };

/**
 * Whether an idle receiver's stream would hand a chunk to `_write()` at once.
 * The fewer of its properties are read the better: most of them are accessors
 * that all streams share, and slow.
 */
function takesChunks(state) {
  return state.length === 0 && state.corked === 0 && !state.ending;
}

function emitMessage(receiver, data) {
  const listener = messageListener(receiver);

  if (listener === null) receiver.emit('message', data, false);
  else listener.call(receiver, data, false);
}

/**
 * Decodes a chunk and delivers its events.
 *
 * @return {Boolean} What `receiver.write()` returns
 */
function deliver(receiver, reception, chunk) {
  const { table } = backend;
  const { buffer: memory, byteOffset: origin, length: chunkLength } = chunk;
  let base = 0;
  let at = EVENTS_AT;
  let end = EVENTS_AT;
  let outcome = NOTHING;
  let isThrown = true;
  let hasRoom = true;
  const wasLast = turn.isLast;

  isTableInUse = true;
  reception.isBusy = true;
  beginChunk();

  try {
    do {
      backend.decode(reception.id, chunk, base);
      at = EVENTS_AT;
      end = EVENTS_AT + table[COUNT] * EVENT_WORDS;

      const taken = table[TAKEN];
      const isTableLast = base + taken >= chunkLength;

      turn.isLast = false;

      while (at < end) {
        if (chunk.length !== chunkLength) {
          outcome = reception.failDetached();
          break;
        }

        // Spelled out, since most events are whole text messages.
        if (table[at] === TEXT) {
          const offset = origin + base + table[at + 1];
          const length = table[at + 2];

          at += EVENT_WORDS;
          if (at === end) turn.isLast = isTableLast;
          emitMessage(
            receiver,
            length === 0
              ? reception.copy.EMPTY_BUFFER
              : new FastBuffer(memory, offset, length)
          );
          continue;
        }

        outcome = reception.take(receiver, chunk, base, table, at);
        at += EVENT_WORDS;
        if (at === end) turn.isLast = isTableLast;
        if (outcome === INFLATE) outcome = reception.inflateNow(receiver);

        if (outcome > EMIT_PONG) break;
        if (outcome === NOTHING) continue;

        emit(
          receiver,
          reception.copy,
          outcome,
          reception.data,
          reception.isBinary
        );
      }

      if (outcome > EMIT_PONG) break;
      base += taken;
    } while (base < chunkLength);

    isThrown = false;
  } finally {
    isTableInUse = false;
    reception.isBusy = false;

    if (isThrown || outcome > EMIT_PONG) {
      // If a listener threw, the error goes its way, and the remaining events
      // are delivered next.
      if (isThrown) outcome = NOTHING;
      hasRoom = handOver(
        receiver,
        reception,
        chunk,
        base,
        at,
        end,
        outcome,
        wasLast
      );
    } else {
      endChunk(wasLast);
    }
  }

  if (outcome > EMIT_PONG) return hasRoom;

  // Nothing may keep the chunk's memory alive longer than its events do.
  reception.data = null;
  if (reception.queued !== null) takeQueued(receiver, reception);
  return true;
}

/**
 * Leaves the rest of a chunk to a walk, inside the stream's own machinery, so
 * that later chunks wait for it and errors take their usual way. What was sent
 * leaves after that: a socket may bring the answer at once.
 *
 * @return {Boolean} What `receiver.write()` returns
 */
function handOver(receiver, reception, chunk, base, at, end, outcome, wasLast) {
  try {
    const walk = new Walk(receiver, reception, chunk, (err) => {
      if (reception.queued !== null) takeQueued(receiver, reception, err);
      else if (err) receiver.destroy(err);
    });

    walk.takeOver(base, at, end, outcome);
    if (outcome === NOTHING) walk.wait(nextTick);
    reception.walk = walk;

    if (reception.queued === null && takesChunks(receiver._writableState)) {
      return Writable.prototype.write.call(receiver, chunk);
    }

    // The handlers wrote to this receiver or ended it: the stream is past taking
    // this chunk.
    if (!walk.waiting) walk.run();
    return true;
  } finally {
    endChunk(wasLast);
  }
}

/** Takes up the chunk that was written from inside this receiver's handlers. */
function takeQueued(receiver, reception, err) {
  const { chunk, cb } = reception.queued;

  reception.queued = null;

  if (err) {
    cb(err);
    return;
  }

  reception.walk = new Walk(receiver, reception, chunk, cb);
  reception.walk.run();
}

module.exports = receiverMethods;
