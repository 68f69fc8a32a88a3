'use strict';

const clockOf = require('../connections/clock');
const {
  checkFunction,
  checkNames,
  checkPositive
} = require('../check-options');

/** What can happen to something over a limit. The first is the default. */
const FOR_CONNECTIONS = ['refuse', 'close', 'drop'];
const FOR_MESSAGES = ['close', 'drop', 'pause', 'skip'];

const NAMES = [
  'connections',
  'connectionsPerAddress',
  'messages',
  'bytes',
  'messageLength',
  'trustProxy',
  'onLimit',
  'clock'
];

/**
 * @param {Object} options What the application gave
 * @return {Object} The options, checked, with the defaults
 * @throws {TypeError} If something is not what it should be
 */
function settingsOf(options) {
  checkNames(options, NAMES);
  checkFunction(options.onLimit, 'options.onLimit');

  const settings = {
    connections: most(options, 'connections'),
    connectionsPerAddress: most(options, 'connectionsPerAddress'),
    messages: rate(options, 'messages'),
    bytes: rate(options, 'bytes'),
    messageLength: length(options.messageLength),
    onLimit: options.onLimit,
    clock: clockOf(options.clock, ['setTimeout', 'clearTimeout', 'now'])
  };

  if (!NAMES.slice(0, 5).some((name) => settings[name] !== null)) {
    throw new TypeError(
      `options must have a limit: ${NAMES.slice(0, 5).join(', ')}`
    );
  }

  return settings;
}

function most(options, name) {
  const limit = options[name];
  const where = `options.${name}`;

  if (limit === undefined) return null;
  checkNames(limit, ['max', 'over'], where);

  if (!Number.isInteger(limit.max) || limit.max < 0) {
    throw new TypeError(`${where}.max must be a number of connections`);
  }

  return { name, max: limit.max, over: overOf(limit, FOR_CONNECTIONS, where) };
}

function rate(options, name) {
  const limit = options[name];
  const where = `options.${name}`;

  if (limit === undefined) return null;
  checkNames(limit, ['perSecond', 'burst', 'over'], where);

  const { burst = limit.perSecond, perSecond } = limit;

  checkPositive(perSecond, `${where}.perSecond`, name);
  checkPositive(burst, `${where}.burst`, name);

  if (name === 'messages' && burst < 1) {
    throw new TypeError(`${where}.burst must be at least one message`);
  }

  return { name, burst, perSecond, over: overOf(limit, FOR_MESSAGES, where) };
}

function length(limit) {
  const where = 'options.messageLength';

  if (limit === undefined) return null;
  checkNames(limit, ['max', 'over'], where);
  checkPositive(limit.max, `${where}.max`, 'bytes');
  return {
    name: 'messageLength',
    max: limit.max,
    over: overOf(limit, ['skip'], where)
  };
}

function overOf({ over }, known, where) {
  if (over === undefined) return known[0];

  if (!known.includes(over)) {
    throw new TypeError(`${where}.over must be one of: ${known.join(', ')}`);
  }

  return over;
}

module.exports = settingsOf;
