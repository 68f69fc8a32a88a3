/** Reads captures and live streams without a page: for the terminal. */

import init, { Engine } from '../wasm/engine.js';
import wasm from '../wasm/engine_bg.wasm.gz';

import { LiveFeed } from './engine/live-feed.js';
import { inlineWasm } from './inline-wasm.js';
import { LiveDecoder } from './live/decoder.js';

/** Frames matched against the filter, and read, at once. */
const BATCH = 10_000;
/** Bytes that tell a live stream. */
const MAGIC_LEN = 5;

let ready = null;

/**
 * A capture that is read piece by piece: `push()` what comes, `take()` what is
 * new, `finish()` and `take()` the rest.
 */
export class CaptureReader {
  #engine;
  #feed = null;
  /** What came before it is known what it is. */
  #head = new Uint8Array();
  #isKnown = false;
  #isJoined;
  /** The row after the last that was taken, and the frame. */
  #row = 0;
  #next = 0;
  #finding = 0;
  /** Frames that have not come to their end. */
  #open = [];
  /** How many frames made room for others before they were taken. */
  lost = 0;

  /**
   * @param {object} options
   * @param {string} options.query Which frames; all if empty
   * @param {boolean} options.joined Whether messages are read, not frames
   * @param {Uint8Array[]} options.keys Logs of TLS keys
   * @param {number} options.keptLen The memory that the capture takes, in bytes
   */
  static async open({ query = '', joined = false, keys = [], keptLen }) {
    ready ??= init({ module_or_path: inlineWasm(wasm) });
    await ready;
    const self = new CaptureReader();
    // What was taken makes room for what comes.
    self.#engine = new Engine(keptLen, true);
    self.#isJoined = joined;
    for (const log of keys) self.#engine.importKeys(log);
    self.#engine.setFilter(-1, query);
    return self;
  }

  push(bytes) {
    if (!this.#isKnown) {
      bytes = concat(this.#head, bytes);
      if (bytes.length < MAGIC_LEN) {
        this.#head = bytes;
        return;
      }
      this.#begin(bytes);
    }
    if (this.#feed) this.#feed.push(bytes);
    else this.#engine.import(bytes);
  }

  #begin(bytes) {
    this.#isKnown = true;
    if (LiveDecoder.matches(bytes)) this.#feed = new LiveFeed(this.#engine);
  }

  /** The capture is at its end: `{ format, why, notes, unread }`. */
  finish() {
    if (this.#feed)
      return {
        format: 'Live stream',
        why: `recorded from ${this.#feed.source}`,
        notes: [],
        unread: []
      };
    // What is read only now must not push out what nobody took.
    this.#engine.keep(Infinity, false);
    if (!this.#isKnown && this.#head.length > 0)
      this.#engine.import(this.#head);
    return this.#engine.finishImport();
  }

  /** Frames, or messages, that are new and match; `all`, if not complete, too. */
  *take(all = false) {
    const late = this.#scan();
    const open = this.#open;
    this.#open = [];
    for (const id of open) yield* this.#line(id, all);
    for (const id of late) if (id < this.#next) yield* this.#line(id, all);
    for (;;) {
      const rows = this.#engine.rows(this.#row, BATCH);
      const { gone, previews, table } = rows;
      rows.free();
      this.lost += gone;
      this.#row += gone + previews.length;
      const width = table.length / previews.length;
      for (let at = 0; at < table.length; at += width) {
        this.#next = table[at] + 1;
        yield* this.#line(table[at], all);
      }
      if (gone + previews.length === 0) return;
    }
  }

  /** Matches what is new against the filter. Returns the rows that came among those before. */
  #scan() {
    const late = [];
    for (let isDone = false; !isDone;) {
      isDone = this.#engine.scan(BATCH);
      for (const id of this.#engine.late()) late.push(id);
    }
    // By what came or went among them, rows have other numbers; those evicted keep theirs.
    const row = this.#engine.rowFrom(this.#next);
    const evicted = this.#engine.totals()[11];
    if (row > evicted) this.#row = row;
    return late;
  }

  *#line(id, all) {
    const line = this.#engine.frameLine(id, this.#isJoined);
    if (!line) return;
    if (!line.isComplete && !all) this.#open.push(id);
    // A message is told once, where it ends.
    else if (!this.#isJoined || line.isLast || line.opcode >= 8) yield line;
  }

  /** Findings that are new. */
  *takeFindings() {
    for (;;) {
      const some = this.#engine.findings(this.#finding, BATCH, -1, '');
      this.#finding += some.length;
      yield* some;
      if (some.length === 0) return;
    }
  }
}

function concat(head, bytes) {
  if (head.length === 0) return bytes;
  const joined = new Uint8Array(head.length + bytes.length);
  joined.set(head);
  joined.set(bytes, head.length);
  return joined;
}
