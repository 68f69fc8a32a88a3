'use strict';

const WIDTH = 78;

/**
 * Breaks a text into lines.
 *
 * @param {String} text The text
 * @param {String} indent What each line but the first begins with
 * @return {String} The lines
 */
function wrap(text, indent) {
  const lines = [];
  let line = '';

  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + word.length >= WIDTH) {
      lines.push(line);
      line = '';
    }

    line += line === '' ? word : ` ${word}`;
  }

  return [...lines, line].join(`\n${indent}`);
}

module.exports = { wrap };
