'use strict';

const { wrap } = require('../text');

const COLUMNS = ['echo', 'ws', 'framewright', 'ratio'];

/**
 * Prints what was measured.
 *
 * @param {Object} result The result
 * @param {Writable} stream The stream to print to
 */
function table(result, stream) {
  const { backend, cells, cpu, framewright, node, platform, summary, ws } =
    result;
  const rows = [COLUMNS, ...cells.map(rowOf)];
  const widths = COLUMNS.map((_, i) =>
    Math.max(...rows.map((row) => row[i].length))
  );

  stream.write(
    `ws ${ws} and framewright ${framewright} (${backend}) on Node ${node}, ` +
      `${platform}, ${cpu}\nMessages a second that come back, medians; ratios ` +
      'with the lowest and the highest\n\n'
  );

  for (const row of rows) {
    const columns = row.map((text, i) =>
      i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i])
    );

    stream.write(`${columns.join('   ')}\n`);
  }

  if (rows.some((row) => row.at(-1).startsWith('≥'))) {
    stream.write(
      '\n≥: the clients were at their limit before the server was\n'
    );
  }

  stream.write(`\n${wrap(summary, '')}\n`);
}

function rowOf(cell) {
  const { name, ratioMax, ratioMin } = cell;

  return [
    name,
    rateOf(cell.ws),
    rateOf(cell.framewright),
    `${ratioOf(cell)} (${ratioMin.toFixed(2)}–${ratioMax.toFixed(2)})`
  ];
}

/** Where the difference is noise, no figure claims more than that. */
function ratioOf({ isAtLeast, ratio, verdict }) {
  if (verdict === 'same') return 'same';
  return `${isAtLeast && verdict === 'faster' ? '≥ ' : ''}${ratio.toFixed(2)}`;
}

function rateOf(rate) {
  return Math.round(rate).toLocaleString('en');
}

module.exports = table;
