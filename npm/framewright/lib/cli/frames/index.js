'use strict';

const Failure = require('../failure');
const loadReader = require('../load-reader');
const { jsonLine, findingLine, textLine } = require('./lines');
const openSource = require('./source');

/** How much of a capture is kept while it is read. */
const KEPT_LEN = 256 * 1024 * 1024;
const SEVERITIES = ['info', 'warning', 'error'];

/**
 * `framewright frames`: prints the frames of a capture, or of a live inspector.
 *
 * @param {String} source A file, `-`, or a live inspector's address
 * @param {Object} options The options, as the command line has them
 */
async function frames(source, options) {
  const { filter = '', keys = [], messages: joined = false } = options;
  const failOn = options['fail-on'];
  const { CaptureReader } = await loadReader();
  const reader = await CaptureReader.open({
    query: filter,
    joined,
    keys,
    keptLen: KEPT_LEN
  }).catch((err) => {
    throw new Failure(`--filter: ${err.message}`);
  });
  const print = new Printer(reader, options);
  let report;

  for await (const piece of openSource(source, options)) {
    try {
      reader.push(piece);
    } catch (err) {
      await print.all(true);
      throw new Failure(`${source}: ${err.message}`);
    }
    await print.all(false);
  }

  try {
    report = reader.finish();
  } catch (err) {
    await print.all(true);
    throw new Failure(`${source}: ${err.message}`);
  }

  await print.all(true);
  for (const sentence of report.unread) console.error(sentence);
  if (reader.lost > 0) {
    console.error(
      `${reader.lost} frames are not shown: they came faster than memory allows`
    );
  }

  if (failOn && print.worst >= SEVERITIES.indexOf(failOn)) {
    process.exitCode = 1;
  }
}

/** Writes lines as fast as they are taken. */
class Printer {
  #reader;
  #line;
  #showsFindings;
  /** The worst finding so far, as an index; −1 for none. */
  worst = -1;

  constructor(reader, { json = false, messages, findings = false }) {
    this.#reader = reader;
    this.#showsFindings = findings;
    this.#line = json
      ? { frame: (line) => jsonLine(line, messages), finding: JSON.stringify }
      : { frame: textLine, finding: findingLine };
  }

  async all(isEnd) {
    for (const line of this.#reader.take(isEnd)) {
      await write(this.#line.frame(line));
    }

    for (const finding of this.#reader.takeFindings()) {
      this.worst = Math.max(this.worst, SEVERITIES.indexOf(finding.severity));
      if (this.#showsFindings) await write(this.#line.finding(finding));
    }
  }
}

/** If the reader is slower, writing waits: nothing piles up. */
async function write(line) {
  if (!process.stdout.write(`${line}\n`)) {
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

module.exports = frames;
