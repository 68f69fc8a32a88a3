'use strict';

const { spell } = require('./command-line');
const commands = require('./commands');
const { wrap } = require('./text');

const HELP = ['-h, --help', 'show this'];

/** What `framewright --help` prints. */
function help() {
  return `Usage: framewright <command> [options]

WebSocket frames at native speed, and a look at each of them

Commands:
${table(commands.map((command) => [synopsis(command), command.text]))}

Options:
${table([['-v, --version', 'show the version'], HELP])}

Exit codes:
  0  all is well
  1  something is wrong, as the output says
  2  the command line isn't right

framewright <command> --help says more of a command.
NO_COLOR=1 turns colours off, FORCE_COLOR=1 on without a terminal.`;
}

/** What `framewright <command> --help` prints. */
function helpOf(command) {
  const { operands = [], options = [], text } = command;
  const parts = [
    `Usage: framewright ${synopsis(command)} [options]`,
    wrap(text, '')
  ];

  if (operands.length > 0) {
    parts.push(
      `Arguments:\n${table(operands.map(({ name, text }) => [`<${name}>`, text]))}`
    );
  }

  const rows = options.map((option) => [spell(option), says(option)]);

  parts.push(`Options:\n${table([...rows, HELP])}`);
  return parts.join('\n\n');
}

function synopsis({ name, operands = [] }) {
  return [name, ...operands.map(({ name }) => `<${name}>`)].join(' ');
}

function says({ required, text }) {
  return required ? `${text} (required)` : text;
}

/** Two columns, the second one wrapped. */
function table(rows) {
  const width = Math.max(...rows.map(([left]) => left.length));
  const indent = ' '.repeat(width + 4);

  return rows
    .map(([left, right]) => `  ${left.padEnd(width)}  ${wrap(right, indent)}`)
    .join('\n');
}

module.exports = { help, helpOf };
