'use strict';

/**
 * Refuses options that don't exist, since a misspelt option would do nothing.
 *
 * @param {Object} options What the application gave
 * @param {String[]} known The names of those that exist
 * @param {String} [where='options'] What messages call the options
 * @throws {TypeError} If they aren't an object, or one of them doesn't exist
 */
function checkNames(options, known, where = 'options') {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${where} must be an object`);
  }

  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(
        `${where}.${name} is not an option; there are ${known.join(', ')}`
      );
    }
  }
}

/**
 * @param {*} value What must be a number more than 0
 * @param {String} name What messages call it
 * @param {String} unit What it is a number of
 * @return {Number} The value
 * @throws {TypeError} If it is something else
 */
function checkPositive(value, name, unit) {
  if (typeof value !== 'number' || !(value > 0 && value < Infinity)) {
    throw new TypeError(`${name} must be a number of ${unit}, more than 0`);
  }

  return value;
}

/**
 * @param {*} value What must be a function, or left out
 * @param {String} name What messages call it
 * @throws {TypeError} If it is something else
 */
function checkFunction(value, name) {
  if (value !== undefined && typeof value !== 'function') {
    throw new TypeError(`${name} must be a function`);
  }
}

module.exports = { checkFunction, checkNames, checkPositive };
