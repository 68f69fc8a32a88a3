/** A text cut into rows of limited width, so that only those in sight exist. */
export class TextRows {
  #text;
  #starts = [];

  /** @param {number} columns the most UTF-16 units in a row */
  constructor(text, columns) {
    this.#text = text;
    for (let start = 0; start < text.length;) {
      this.#starts.push(start);
      start = rowEnd(text, start, columns);
    }
  }

  get count() {
    return this.#starts.length;
  }

  /** The rows `start` to `start + count`, without their line breaks. */
  rows(start, count) {
    return this.#starts.slice(start, start + count).map((from, index) => {
      const to = this.#starts[start + index + 1] ?? this.#text.length;
      return this.#text.slice(from, to).replace(/\r?\n$/, '');
    });
  }
}

/** After the next line break, or where the row is full. */
function rowEnd(text, start, columns) {
  const full = start + columns;
  // Looking further than the row would cost the square of a long line.
  const line = text.slice(start, full + 1).indexOf('\n');
  if (line !== -1) return start + line + 1;
  if (full >= text.length) return text.length;
  const isPair = (text.charCodeAt(full) & 0xfc00) === 0xdc00;
  return isPair ? full - 1 || full : full;
}
