'use strict';

const { wrap } = require('../text');

const SIGNS = { good: '✓', note: '!', bad: '✗' };
const COLOURS = { good: 32, note: 33, bad: 31 };

/**
 * Prints what the doctor found.
 *
 * @param {Object} result The result
 * @param {Writable} stream The stream to print to
 */
function report(result, stream) {
  const isColoured = hasColours(stream);
  const { findings, framewright, libc, ok, platform, runtime } = result;
  const system = libc ? `${platform}, ${libc}` : platform;

  stream.write(`framewright ${framewright} · ${runtime} · ${system}\n\n`);

  for (const { remedy, state, text } of findings) {
    const sign = isColoured
      ? `\x1b[${COLOURS[state]}m${SIGNS[state]}\x1b[0m`
      : SIGNS[state];

    stream.write(`${sign} ${wrap(text, '  ')}\n`);
    if (remedy) stream.write(`  → ${wrap(remedy, '    ')}\n`);
  }

  stream.write(`\n${conclusion(ok, findings)}\n`);
}

/** FORCE_COLOR decides, as in Node itself; a terminal respects NO_COLOR. */
function hasColours(stream) {
  const { FORCE_COLOR } = process.env;

  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR);
  return stream.isTTY && stream.hasColors();
}

function conclusion(ok, findings) {
  if (!ok) return 'ws is slower here than it could be: see ✗.';

  return findings.some(({ state }) => state === 'note')
    ? 'It works; see !.'
    : 'All is well.';
}

module.exports = report;
