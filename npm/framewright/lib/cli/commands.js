'use strict';

const fs = require('fs');

const Failure = require('./failure');
const { readAddress, readPort, readServer } = require('./addresses');
const UsageError = require('./usage-error');

const JSON_OPTION = { name: 'json', text: 'print JSON' };
const KEYS = {
  name: 'keys',
  value: '<file>',
  text: 'a log of TLS keys (SSLKEYLOGFILE); may be given again',
  read: readKeys,
  multiple: true
};
const PAGE = {
  name: 'page',
  value: '<port>',
  text: "the inspector's port on this machine (default: any free one)",
  read: readPort,
  default: 0
};

/**
 * What `framewright` can do, in the order of its help. A command has:
 *
 * - `name` and `text`, which is its line in the help
 * - `operands`, the names of what it takes besides options; `run()` gets them
 *   first, in this order. All are required.
 * - `options`, in the order of its help. An option has its `name` as in
 * `--name`, its `text`, and, if it takes a value, `value`, the value's name in
 * the help. `read()` makes a value of the text. It throws a `UsageError`, or a
 * `Failure` where the text is right but what it names isn't. There may be a
 * `default`. It may be `required`, or `multiple`: then it may be repeated, which
 * makes an array of its values
 * - `run()`, called with the operands and an object that has the options'
 *   values. It requires its module itself, so that other commands don't load it.
 */
const commands = [
  {
    name: 'doctor',
    text: 'say whether this project runs on framewright, and if not, why',
    options: [JSON_OPTION],
    run: (options) => require('./doctor')(options)
  },
  {
    name: 'bench',
    text: 'measure ws beside framewright on this machine',
    options: [
      JSON_OPTION,
      {
        name: 'seconds',
        value: '<n>',
        text: 'how long, about (default: 40)',
        read: readSeconds,
        default: 40
      }
    ],
    run: (options) => require('./bench')(options)
  },
  {
    name: 'proxy',
    text: 'forward connections to a server, and show their WebSocket frames',
    options: [
      {
        name: 'listen',
        value: '<[host:]port>',
        text: 'where clients connect; the host is 127.0.0.1 by default',
        read: readAddress,
        required: true
      },
      {
        name: 'to',
        value: '<server>',
        text: 'the server: host:port, or a URL (ws, wss, http or https)',
        read: readServer,
        required: true
      },
      {
        name: 'tls',
        text: 'the server wants TLS, as URLs of wss and https say'
      },
      { name: 'insecure', text: "don't check the server's certificate" },
      { name: 'save', value: '<file>', text: 'record everything as pcapng' },
      {
        name: 'allow-send',
        text: 'let the page send messages, and hold, change and drop them'
      },
      PAGE
    ],
    run: (options) => require('./proxy')(options)
  },
  {
    name: 'inspect',
    text: 'show a capture in the inspector: pcapng, pcap, HAR, NetLog, hex, …',
    operands: [{ name: 'file', text: 'the capture' }],
    options: [KEYS, PAGE],
    run: (file, options) => require('./inspect')(file, options)
  },
  {
    name: 'frames',
    text: 'print the frames of a capture, or of a live inspector',
    operands: [
      {
        name: 'source',
        text: "a file, - for stdin, or a live inspector's address"
      }
    ],
    options: [
      {
        name: 'filter',
        value: '<query>',
        text: 'only frames that match, as in the inspector'
      },
      { name: 'json', text: 'print a JSON object a line' },
      {
        name: 'messages',
        text: 'print messages, joined and inflated, not frames'
      },
      { name: 'follow', text: 'go on as the file grows' },
      KEYS,
      { name: 'token', value: '<token>', text: "the live inspector's token" },
      { name: 'findings', text: 'print what breaks a rule, too' },
      {
        name: 'fail-on',
        value: '<severity>',
        text: 'exit with 1 if anything is as bad: info, warning or error',
        read: readSeverity
      }
    ],
    run: (source, options) => require('./frames')(source, options)
  }
];

function readKeys(file) {
  try {
    return fs.readFileSync(file);
  } catch (err) {
    throw new Failure(`can't read ${file}: ${err.message}`);
  }
}

function readSeverity(text) {
  if (['info', 'warning', 'error'].includes(text)) return text;
  throw new UsageError('It must be info, warning or error.');
}

function readSeconds(text) {
  const seconds = Number(text);

  if (seconds >= 1 && seconds <= 3600) return seconds;
  throw new UsageError('It must be a number from 1 to 3600.');
}

module.exports = commands;
