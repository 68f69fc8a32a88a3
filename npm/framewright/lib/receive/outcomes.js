'use strict';

/**
 * What became of an event. The order matters: up to `EMIT_PONG`, there is nothing
 * to do or something to emit, and after it the chunk goes on; up to `DONE`, the
 * stream isn't needed; after it, it is, since something must be waited for or
 * the connection ends.
 */
module.exports = {
  /** The next event comes. */
  NOTHING: 0,
  EMIT_MESSAGE: 1,
  EMIT_PING: 2,
  EMIT_PONG: 3,
  /** A payload is there to be inflated. */
  INFLATE: 4,
  /** All of the chunk is delivered. */
  DONE: 5,
  /** A payload is there that can't be inflated at once. */
  INFLATE_LATER: 6,
  /** A close frame came, */
  CONCLUDE: 7,
  /** and the application knows. */
  CONCLUDED: 8,
  /** The connection failed. */
  FAIL: 9
};
