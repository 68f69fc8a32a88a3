'use strict';

// These stay real where a test replaces the timers later: a test that runs all
// fake timers would never end.
const { performance } = require('perf_hooks');
const {
  clearInterval,
  clearTimeout,
  setInterval,
  setTimeout
} = require('timers');

const CLOCK = Object.freeze({
  clearInterval,
  clearTimeout,
  now: performance.now.bind(performance),
  setInterval,
  setTimeout
});

/**
 * @param {Object} [clock] What the application wants time to be told by
 * @param {String[]} names The functions that are needed of it
 * @return {Object} It, or the real one
 * @throws {TypeError} If it lacks one of them
 */
function clockOf(clock, names) {
  if (clock === undefined) return CLOCK;

  for (const name of names) {
    if (typeof clock?.[name] !== 'function') {
      throw new TypeError(`options.clock.${name} must be a function`);
    }
  }

  return clock;
}

module.exports = clockOf;
