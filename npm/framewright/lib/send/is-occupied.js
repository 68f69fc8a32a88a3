'use strict';

/**
 * Whether what is sent has to queue.
 *
 * @param {Sender} sender A sender
 * @return {Boolean} Whether it is compressing or reading a blob
 */
function isOccupied(sender) {
  // Older copies of ws know no other reason than compressing.
  return sender._state === undefined ? sender._deflating : sender._state !== 0;
}

module.exports = isOccupied;
