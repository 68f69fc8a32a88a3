'use strict';

const {
  checkFunction,
  checkNames,
  checkPositive
} = require('../../check-options');

const COUNT = 10_000;
const AGE = 60 * 60 * 1000;

/**
 * @param {(Boolean|Object)} history What the application gave
 * @return {{count: Number, age: Number, format: Function}} The settings,
 *     checked, with the defaults
 * @throws {TypeError} If something is not what it should be
 */
function settingsOf(history) {
  const options = history === true ? {} : history;
  const { age = AGE, count = COUNT, format = withId } = options;

  checkNames(options, ['age', 'count', 'format'], 'options.history');
  checkPositive(age, 'options.history.age', 'milliseconds');
  checkPositive(count, 'options.history.count', 'messages');
  checkFunction(format, 'options.history.format');
  return { age: Math.ceil(age), count: Math.ceil(count), format };
}

/** The id, a line feed, and the message. */
function withId({ data, id }) {
  return Buffer.concat([Buffer.from(`${id}\n`), data]);
}

module.exports = settingsOf;
