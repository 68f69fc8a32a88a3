'use strict';

const { version } = require('../../package.json');
const { readCommandLine } = require('./command-line');
const commands = require('./commands');
const Failure = require('./failure');
const { help, helpOf } = require('./help');
const UsageError = require('./usage-error');

/**
 * The `framewright` command.
 *
 * @param {String[]} args The command line, without node and the script
 * @return {Promise} Fulfilled when it is done, or serves
 */
async function main(args) {
  // The reader may have closed its end, as `head` does.
  process.stdout.on('error', (err) => {
    if (err.code !== 'EPIPE') throw err;
  });

  try {
    await run(args);
  } catch (err) {
    if (err instanceof UsageError) {
      console.error(`error: ${err.message}\n(framewright --help says more)`);
    } else if (err instanceof Failure) {
      console.error(`framewright: ${err.message}`);
    } else {
      throw err;
    }

    // A server may be listening already.
    process.exit(err instanceof UsageError ? 2 : 1);
  }
}

async function run([first, ...rest]) {
  switch (first) {
    case undefined:
      console.error(help());
      process.exitCode = 2;
      return;
    case '-h':
    case '--help':
      console.log(help());
      return;
    case 'help':
      console.log(rest.length === 0 ? help() : helpOf(commandOf(rest[0])));
      return;
    case '-v':
    case '-V':
    case '--version':
    case 'version':
      console.log(version);
      return;
  }

  const command = commandOf(first);
  const line = readCommandLine(command, rest);

  if (line.help) console.log(helpOf(command));
  else await command.run(...line.operands, line.options);
}

function commandOf(name) {
  const command = commands.find((command) => command.name === name);

  if (command !== undefined) return command;
  if (name.startsWith('-')) throw new UsageError(`unknown option '${name}'`);
  throw new UsageError(
    `unknown command '${name}'; there are ` +
      commands.map(({ name }) => name).join(', ')
  );
}

module.exports = main;
