'use strict';

/**
 * What tests replace by fakes, as it was when framewright was loaded: messages
 * are delivered and sent whatever the clock of a test says.
 */
module.exports = {
  clearTimeout,
  nextTick: process.nextTick,
  queueMicrotask,
  setImmediate,
  setTimeout
};
