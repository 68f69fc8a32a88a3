import { styleText } from 'node:util';

/**
 * Progress on standard error: one line rewritten on a terminal, one line a cell
 * elsewhere.
 */
export class Progress {
  #stream = process.stderr;
  #cell = '';
  #noted = new Set();
  #start = performance.now();

  cell(title) {
    this.#cell = title;
    if (!this.#stream.isTTY) this.#stream.write(`${this.#clock()} ${title}\n`);
  }

  step(text) {
    if (this.#stream.isTTY) this.#rewrite(`${this.#cell}  ${text}`);
  }

  note(text) {
    this.done();
    this.#stream.write(`  ${paint(this.#stream, 'yellow', text)}\n`);
  }

  /** Shows a note, once however often it comes. */
  once(text) {
    if (this.#noted.has(text)) return;
    this.#noted.add(text);
    this.note(text);
  }

  done() {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
  }

  #rewrite(text) {
    const line = `${this.#clock()} ${text}`.slice(0, this.#stream.columns - 1);
    this.#stream.write(`\r\x1b[K${paint(this.#stream, 'dim', line)}`);
  }

  #clock() {
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    const minutes = String(Math.floor(seconds / 60));
    return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
  }
}

/**
 * Styles `text` where the stream shows colours (a terminal without `NO_COLOR`).
 *
 * @param {NodeJS.WriteStream} stream Where the text will go
 * @param {string} style See `util.styleText`
 * @param {string} text The text
 * @return {string}
 */
export function paint(stream, style, text) {
  return stream.isTTY && stream.hasColors() ? styleText(style, text) : text;
}
