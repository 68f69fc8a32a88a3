'use strict';

const {
  BINARY,
  EVENTS_AT,
  EVENT_WORDS,
  KIND_MASK,
  LENGTH,
  PING,
  PONG,
  TEXT
} = require('../../receive/event-table');
const { sample } = require('./sampling');

/**
 * With the kind of a whole message: it takes the way of rarer events, where
 * `Counted` has it timed.
 */
const TIMED = KIND_MASK + 1;

/**
 * Counts what was decoded, but not what is part of a message: those count when
 * they are put together.
 *
 * @param {Counts} counts Where to
 * @param {Uint32Array} table The event table, or a copy
 * @param {Number} end The word after the last event
 */
function countEvents(counts, table, end) {
  let texts = 0;
  let textBytes = 0;
  let binaries = 0;
  let binaryBytes = 0;

  for (let at = EVENTS_AT; at < end; at += EVENT_WORDS) {
    const kind = table[at];

    if (kind === TEXT) {
      texts++;
      textBytes += table[at + LENGTH];
    } else if (kind === BINARY) {
      binaries++;
      binaryBytes += table[at + LENGTH];
    } else {
      countControlFrame(counts, kind & KIND_MASK);
      continue;
    }

    if (sample()) table[at] |= TIMED;
  }

  counts.textIn += texts;
  counts.textBytesIn += textBytes;
  counts.binaryIn += binaries;
  counts.binaryBytesIn += binaryBytes;
}

function countControlFrame(counts, kind) {
  if (kind === PING) counts.pingIn++;
  else if (kind === PONG) counts.pongIn++;
}

module.exports = countEvents;
