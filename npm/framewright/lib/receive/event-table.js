'use strict';

/**
 * The layout of the event table that the codec writes and the Receiver reads;
 * `crates/codec/src/event_table.rs` is the other side of this file.
 */
module.exports = {
  // Words of the table's head.
  COUNT: 0,
  TAKEN: 1,

  // The payload of a control frame that began in an earlier chunk, in octets.
  CARRIED_OFFSET: 4 * 4,

  // The first event, and the words of each.
  EVENTS_AT: 36,
  EVENT_WORDS: 4,

  // An event's first word: the kind in the low four bits, flags above.
  KIND_MASK: 0x0f,
  TEXT: 1,
  BINARY: 2,
  PIECE: 3,
  CLOSE: 8,
  PING: 9,
  PONG: 10,
  ERROR: 15,

  CARRIED: 1 << 4,
  IS_TEXT: 1 << 5,
  COMPRESSED: 1 << 6,
  STARTS_FRAME: 1 << 7,
  ENDS_FRAME: 1 << 8,
  ENDS_MESSAGE: 1 << 9,
  LEN_HIGH_SHIFT: 10
};
