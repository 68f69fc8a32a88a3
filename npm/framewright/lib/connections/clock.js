'use strict';

// These stay real when a test replaces the timers later: a test that runs all
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
 * @param {Object} [clock] The application's clock
 * @param {String[]} names The functions that it needs
 * @return {Object} That clock, or the real one
 * @throws {TypeError} If it lacks one of the functions
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
