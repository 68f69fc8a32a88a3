'use strict';

/**
 * Built-in functions as they were when framewright was loaded. Tests replace
 * them with fakes, and messages must keep going all the same.
 */
module.exports = {
  clearTimeout,
  nextTick: process.nextTick,
  queueMicrotask,
  setImmediate,
  setTimeout
};
