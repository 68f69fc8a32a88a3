'use strict';

/**
 * What became of an event. The order matters. Up to `EMIT_PONG`, there is nothing
 * to do or something to emit, and then the chunk goes on. Up to `DONE`, the stream
 * isn't needed. From `INFLATE_LATER` on it is, since something must be waited for
 * or the connection ends.
 */
module.exports = {
  /** There is nothing to do. */
  NOTHING: 0,
  EMIT_MESSAGE: 1,
  EMIT_PING: 2,
  EMIT_PONG: 3,
  /** There is a payload to inflate. */
  INFLATE: 4,
  /** All of the chunk is delivered. */
  DONE: 5,
  /** There is a payload that can't be inflated at once. */
  INFLATE_LATER: 6,
  /** A close frame came. */
  CONCLUDE: 7,
  /** A close frame came, and the application was told. */
  CONCLUDED: 8,
  /** The connection failed. */
  FAIL: 9
};
