'use strict';

const { queueMicrotask } = require('../builtins');
const { forgetRuns } = require('./run');
const { reclaimSlab } = require('./slab');

/**
 * When frames may wait for others.
 *
 * A turn is a chunk, while its handlers run, or a tick outside of handlers. In
 * a chunk's handlers, frames collect while more messages of that chunk are to
 * be delivered. In the handler of the last message, and outside, a connection's
 * first frames leave at once, since nobody knows how long the handler will run.
 * What follows in the same turn collects.
 */
const turn = {
  /** A number for each turn */
  id: 0,
  /** How many chunks' handlers are running, one inside the other */
  chunks: 0,
  /** Whether the handler that runs is its chunk's last */
  isLast: true,
  /** Whether frames wait at all */
  isOn: process.env.FRAMEWRIGHT_COALESCE !== 'off',
  /** Whether the process is exiting, without another microtask */
  isOver: false
};

/** The outboxes that hold frames, in the order in which they began to. */
const waiting = [];

/** How many of them are written out already. */
let flushed = 0;

let isTickOpen = false;
/** A promise that keeps the `then()` from when framewright was loaded. */
const RESOLVED = Promise.resolve();
RESOLVED.then = Promise.prototype.then;

/**
 * Has an outbox written out when the turn ends.
 *
 * @param {Outbox} outbox An outbox that begins to hold frames
 */
function waitForTurn(outbox) {
  waiting.push(outbox);
}

/** Writes out what all outboxes hold. */
function flushAll() {
  try {
    while (flushed < waiting.length) waiting[flushed++].flush();
  } finally {
    // A socket threw: the frames of the others go out all the same.
    if (flushed < waiting.length) flushAll();

    waiting.length = 0;
    flushed = 0;
    forgetRuns();
    reclaimSlab();
  }
}

/** Makes sure that the tick ends when its microtasks run. */
function openTick() {
  if (isTickOpen) return;
  isTickOpen = true;
  // Cheaper than `queueMicrotask()`.
  RESOLVED.then(endTick);
}

function endTick() {
  isTickOpen = false;
  turn.id++;
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

/** The handlers of a chunk begin. */
function beginChunk() {
  turn.chunks++;
  turn.id++;
}

/**
 * The handlers of a chunk are done.
 *
 * @param {Boolean} wasLast What `turn.isLast` was when they began
 */
function endChunk(wasLast) {
  turn.chunks--;
  turn.id++;
  turn.isLast = wasLast;
  if (turn.chunks === 0 && waiting.length > 0) flushAll();
}

/**
 * The process is exiting without another microtask, so nothing may wait for
 * one.
 */
function endProcess() {
  turn.isOn = false;
  turn.isOver = true;
  flushAll();
}

module.exports = {
  beginChunk,
  endChunk,
  endProcess,
  flushAll,
  openTick,
  turn,
  waitForTurn
};
