'use strict';

const { parseArgs } = require('util');

const UsageError = require('./usage-error');

/**
 * Reads the arguments of a command.
 *
 * @param {Object} command One of `commands`
 * @param {String[]} args What follows its name
 * @return {{help: Boolean, operands: String[], options: Object}} What it says;
 *     where it asks for help, the rest isn't checked
 * @throws {UsageError} If something in it is wrong
 */
function readCommandLine(command, args) {
  const known = command.options ?? [];
  // Not `strict`: its messages are for programmers.
  const { tokens } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(
        known.map(({ name, value }) => [name, { type: typeOf(value) }])
      )
    },
    strict: false,
    tokens: true
  });
  const given = tokens.filter(({ kind }) => kind === 'option');

  if (given.some(({ name }) => name === 'help')) return { help: true };

  const operands = tokens
    .filter(({ kind }) => kind === 'positional')
    .map(({ value }) => value);
  const options = {};

  for (const option of known) {
    if (option.default !== undefined) options[option.name] = option.default;
  }

  for (const token of given) {
    const option = known.find(({ name }) => name === token.name);

    if (option === undefined) {
      throw new UsageError(`unknown option '${token.rawName}'`);
    }

    const value = readOption(option, token);

    options[option.name] = option.multiple
      ? [...(options[option.name] ?? []), value]
      : value;
  }

  for (const option of known) {
    if (option.required && options[option.name] === undefined) {
      throw new UsageError(`required option '${spell(option)}' not specified`);
    }
  }

  checkOperands(command, operands);
  return { help: false, operands, options };
}

function readOption(option, { inlineValue, rawName, value }) {
  if (option.value === undefined) {
    if (inlineValue) throw new UsageError(`option '${rawName}' takes no value`);
    return true;
  }

  // An option in the place of a value isn't the value, except after a `=`.
  if (value === undefined || (!inlineValue && /^-./.test(value))) {
    throw new UsageError(`option '${spell(option)}' needs a value`);
  }

  if (option.read === undefined) return value;

  try {
    return option.read(value);
  } catch (err) {
    if (!(err instanceof UsageError)) throw err;
    throw new UsageError(
      `'${value}' is not valid for option '${spell(option)}'. ${err.message}`
    );
  }
}

function checkOperands({ name, operands: wanted = [] }, operands) {
  if (operands.length < wanted.length) {
    throw new UsageError(
      `missing required argument '${wanted[operands.length].name}'`
    );
  }

  if (operands.length > wanted.length) {
    throw new UsageError(
      `'${name}' doesn't know what to do with '${operands[wanted.length]}'`
    );
  }
}

/** An option as the help has it, such as `--to <host:port>`. */
function spell({ name, value }) {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function typeOf(value) {
  return value === undefined ? 'boolean' : 'string';
}

module.exports = { readCommandLine, spell };
