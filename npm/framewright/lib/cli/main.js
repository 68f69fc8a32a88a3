'use strict';

const {
  Command,
  CommanderError,
  InvalidArgumentError,
  Option
} = require('commander');

const { version } = require('../../package.json');
const Failure = require('./failure');
const { readAddress, readPort, readServer } = require('./addresses');

/** Exit codes: it went well, it didn't, it wasn't understood. */
const EXIT_CODES = `
Exit codes:
  0  all is well
  1  something is wrong, as the output says
  2  the command line isn't right`;

/**
 * The `framewright` command.
 *
 * @param {String[]} argv The process's arguments
 * @return {Promise} Fulfilled when it is done, or serves
 */
async function main(argv) {
  const program = new Command('framewright')
    .description('WebSocket frames at native speed, and a look at each of them')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(framewright --help says more)')
    .addHelpText('after', `${EXIT_CODES}\n\nNO_COLOR=1 turns colours off.`);

  program
    .command('doctor')
    .description(
      'say whether this project runs on framewright, and if not, why'
    )
    .option('--json', 'print JSON')
    .action((options) => require('./doctor')(options));

  program
    .command('bench')
    .description('measure ws beside framewright on this machine')
    .option('--json', 'print JSON')
    .option('--seconds <n>', 'how long, about', readSeconds, 40)
    .action((options) => require('./bench')(options));

  program
    .command('proxy')
    .description(
      'forward connections to a server, and show their WebSocket frames'
    )
    .requiredOption(
      '--listen <[host:]port>',
      'where clients connect; the host is 127.0.0.1 if not said',
      readAddress
    )
    .requiredOption('--to <host:port>', 'the server', readServer)
    .option('--tls', 'the server wants TLS, as behind wss: and https:')
    .option('--insecure', "don't check the server's certificate")
    .option('--save <file>', 'record everything as pcapng')
    .addOption(
      new Option('--page <port>', "the inspector's port on this machine")
        .argParser(readPort)
        .default(0, 'any free one')
    )
    .action((options) => require('./proxy')(options));

  program
    .command('inspect')
    .description(
      'show a capture in the inspector: pcapng, pcap, HAR, NetLog, hex, …'
    )
    .argument('<file>', 'the capture')
    .addOption(
      new Option('--page <port>', "the inspector's port on this machine")
        .argParser(readPort)
        .default(0, 'any free one')
    )
    .action((file, options) => require('./inspect')(file, options));

  program
    .command('frames')
    .description(
      'print the frames of a capture, or of a live inspector, in the terminal'
    )
    .argument('<source>', "a file, - for stdin, or a live inspector's address")
    .option('--filter <query>', 'only frames that match, as in the inspector')
    .option('--json', 'print a JSON object a line')
    .option('--messages', 'print messages, joined and inflated, not frames')
    .option('--follow', 'go on as the file grows')
    .option(
      '--keys <file>',
      'a log of TLS keys, as SSLKEYLOGFILE makes clients write it',
      (file, files = []) => [...files, file]
    )
    .option('--token <token>', "the live inspector's token")
    .option('--findings', 'print what breaks a rule, too')
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit with 1 if anything is as bad'
      ).choices(['info', 'warning', 'error'])
    )
    .action((source, options) => require('./frames')(source, options));

  // Whoever reads the output may have had enough of it, as `head` does.
  process.stdout.on('error', (err) => {
    if (err.code !== 'EPIPE') throw err;
  });

  try {
    await program.parseAsync(argv);
  } catch (err) {
    if (err instanceof Failure) console.error(`framewright: ${err.message}`);
    else if (!(err instanceof CommanderError)) throw err;

    // Something may listen already.
    process.exit(exitCodeOf(err));
  }
}

function readSeconds(text) {
  const seconds = Number(text);

  if (seconds >= 1 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('It must be a number from 1 to 3600.');
}

function exitCodeOf(err) {
  if (!(err instanceof CommanderError)) return 1;
  return err.exitCode === 0 ? 0 : 2;
}

module.exports = main;
