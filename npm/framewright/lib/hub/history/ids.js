'use strict';

/** What Redis calls entries of a stream: a time in ms, and a number. */
const PATTERN = /^(\d{1,16})-(\d{1,16})$/;

/** Before the first message of a topic. */
const NONE = '0-0';

/** Whether a value can be a message's id. */
function isId(value) {
  return typeof value === 'string' && PATTERN.test(value);
}

/**
 * @param {String} a An id
 * @param {String} b Another
 * @return {Number} Less than 0 if `a` is before `b`, 0 if they are the same
 */
function compareIds(a, b) {
  if (a === b) return 0;

  const [, aTime, aNumber] = PATTERN.exec(a);
  const [, bTime, bNumber] = PATTERN.exec(b);

  return aTime - bTime || aNumber - bNumber;
}

module.exports = { compareIds, isId, NONE };
