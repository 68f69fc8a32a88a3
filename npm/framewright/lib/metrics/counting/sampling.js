'use strict';

/** One message in so many has its handler timed: reading the clock is slow. */
const SAMPLED = 64;

/** How many messages there are up to the next one that is timed. */
let left = SAMPLED;

/** How many are to be timed of those that were counted. */
let due = 0;

/**
 * Counts a message.
 *
 * @return {Boolean} Whether it makes one due
 */
function sample() {
  if (--left > 0) return false;
  left = SAMPLED;
  due++;
  return true;
}

/**
 * @return {Boolean} Whether the message that is delivered now is to be timed.
 *     Where others were in between, it may be another than the one counted
 */
function isDue() {
  if (due === 0) return false;
  due--;
  return true;
}

module.exports = { isDue, sample };
