'use strict';

/**
 * Refuses options that there are none of: a misspelt one would do nothing.
 *
 * @param {String} call What takes them, as the user writes it
 * @param {Object} options The options, if there are any
 * @param {Set<String>} names Those that there are
 * @throws {TypeError} If there is another, which it names
 */
function checkOptions(call, options, names) {
  for (const name in options) {
    if (names.has(name)) continue;

    throw new TypeError(
      `${call} has no option "${name}", it has ${[...names].join(', ')}`
    );
  }
}

module.exports = checkOptions;
