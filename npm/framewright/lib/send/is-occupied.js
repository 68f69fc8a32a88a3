'use strict';

/**
 * Whether what is sent now has to wait for something sent before.
 *
 * @param {Sender} sender A sender
 * @return {Boolean} Whether it is compressing or reading a blob
 */
function isOccupied(sender) {
  // In older copies of ws, compressing is the only reason.
  return sender._state === undefined ? sender._deflating : sender._state !== 0;
}

module.exports = isOccupied;
