import { TextRows } from './text-rows.js';
import { ValueTree } from './value-tree.js';

/** How deep payloads are decoded inside payloads. */
const MAX_DEPTH = 4;

/**
 * A payload in a worker, which decodes it as the page wishes. The worker may
 * hang or crash on what it is given: the page then ends it and starts another.
 */
export class Payload {
  #formats;
  #guess;
  #bytes = new Uint8Array(0);
  #about = {};
  #tree = null;
  #rows = null;

  /**
   * @param {Record<string, (bytes: Uint8Array, about: object) => unknown>} formats
   * @param {(bytes: Uint8Array, about: object) => string | null} guess
   */
  constructor(formats, guess) {
    this.#formats = formats;
    this.#guess = guess;
  }

  /**
   * Takes a payload and says which view suits it best, or null where only the
   * worker with all decoders can tell.
   *
   * @param {object} about `isText`, `toClient`, and the connection's `subprotocol`
   */
  load(bytes, about) {
    this.#bytes = bytes;
    this.#about = about;
    this.#tree = this.#rows = null;
    return this.#guess(bytes, about);
  }

  /** Decodes into a tree and returns its root. */
  async tree(format, options = {}) {
    const about = { ...this.#about, ...options };
    const value = await this.#decode(format, this.#bytes, about, 0);
    this.#tree = new ValueTree(value);
    return this.#tree.root();
  }

  /** Some formats carry payloads of others: `inside()` decodes those as they look. */
  #decode(format, bytes, about, depth) {
    const inside = (content) => this.#inside(content, about, depth + 1);
    return this.#formats[format](bytes, { ...about, inside });
  }

  async #inside(bytes, about, depth) {
    const text = asText(bytes);
    const isText = text !== null;
    const view = this.#guess(bytes, { ...about, isText, subprotocol: null });
    if (view === 'text') return text;
    if (view === 'hex' || view === null || depth > MAX_DEPTH) return bytes;
    return this.#decode(view, bytes, about, depth);
  }

  children(id, start, count) {
    return this.#tree.children(id, start, count);
  }

  /** Cuts the text into rows and returns how many. */
  text(columns) {
    const text = new TextDecoder().decode(this.#bytes);
    this.#rows = new TextRows(text, columns);
    return this.#rows.count;
  }

  rows(start, count) {
    return this.#rows.rows(start, count);
  }
}

function asText(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
