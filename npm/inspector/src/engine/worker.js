/** The worker that owns the capture: opens it, filters it and says how it goes. */

import init, { Engine, isKeyLog, needsFull } from '../../wasm/first.js';
import { Engine as FullEngine } from '../../wasm/engine.js';
import wasm from '../../wasm/first_bg.wasm.gz';
import sample from 'sample:';

import { inlineWasm } from '../inline-wasm.js';
import { rowsFromTable } from '../model/rows.js';
import { LiveDecoder } from '../live/decoder.js';
import { readLive } from '../live/source.js';
import { Answers } from './answers.js';
import { FullModule } from './full-in-worker.js';
import { LiveFeed } from './live-feed.js';
import { emit, serve } from './rpc.js';
import { hasContent, rowCount, statusOf } from './status.js';
import { isOver } from '../model/names/states.js';
import { sorted } from './order.js';
import { turn } from './turn.js';

/** Frames matched against the filter before other calls get their turn. */
const SCAN_LEN = 20_000;
/** At most one report to the page in this time, in ms. */
const REPORT_MS = 80;
/** Files are read in pieces of this length. */
const PIECE_LEN = 4 * 1024 * 1024;
/** The memory that a live capture takes unless all is kept, in bytes. */
const LIVE_KEPT_LEN = 512 * 1024 * 1024;

/** What is looked at of a file to tell its kind. */
const HEAD_LEN = 64 * 1024;

const ready = init({ module_or_path: inlineWasm(wasm) });

class EngineWorker extends Answers {
  /** Changes whenever row numbers mean something else. */
  #version = 0;
  #live = null;
  #reportTimer = null;
  #lastReport = -Infinity;
  /** How many rows the page knows of. */
  #rowsTold = 0;
  #isScanning = false;
  #conn = null;
  #query = '';
  /** How many frames the reader wanted out of the list, and connections. */
  #cleared = 0;
  #clearedConns = new Set();
  /** `{ column, isDescending }`, and the rows' numbers in that order. */
  #sort = null;
  #order = null;
  /** What is open: `{ capture, name, engine, isShown }`, and `feed` of a stream. */
  #opened = { capture: 0, name: '' };
  /** What is read from a file now. */
  #reading = null;
  /** Counts what was to be opened. */
  #begun = 0;
  #keepsAll = false;
  /** The most memory of what is opened from now on, in bytes. */
  #maxKeptLen = Infinity;
  #full = new FullModule();

  /** Answers as soon as nothing else is done. */
  ping() {}

  // What goes in.

  limit(maxKeptLen) {
    this.#maxKeptLen = maxKeptLen;
  }

  openSample(name) {
    return this.#open(name, async (opening) => {
      const bytes = Uint8Array.from(atob(sample), (c) => c.charCodeAt(0));
      await this.#readLiveFile(opening, new Blob([bytes]));
      return { format: '', notes: ['a tour of the protocol'] };
    });
  }

  /**
   * Opens a capture in place of what is there, once it proves to be one. With
   * it may come logs of TLS keys; alone, they are for the capture that is open.
   */
  async open(data, name) {
    const all = [data].flat();
    const files = all.map((one) =>
      one instanceof Blob ? one : new Blob([one])
    );
    const heads = await Promise.all(files.map(headOf));
    await ready;
    const logs = files.filter((_, index) => isKeyLog(heads[index]));
    const captures = files.filter((file) => !logs.includes(file));
    if (captures.length > 1)
      throw new Error('one capture at a time, with the logs of its TLS keys');
    const reopened = captures.length === 0 && this.#opened.file;
    const file = reopened || (captures[0] ?? files[0]);
    const keys = reopened ? [...this.#opened.logs, ...logs] : logs;
    return this.#openFile(file, reopened ? this.#opened.name : name, keys);
  }

  /** The same where it is known which are the logs, be there keys in them or not. */
  openWithKeys(file, logs, name) {
    return this.#openFile(file, name, logs);
  }

  #openFile(file, name, logs) {
    return this.#open(name, async (opening) => {
      Object.assign(opening, { file, logs });
      const head = await headOf(file);
      if (!LiveDecoder.matches(head)) return this.#import(opening, file, head);
      const { source } = await this.#readLiveFile(opening, file);
      return {
        format: 'Live stream',
        why: `recorded from ${source}`,
        notes: []
      };
    });
  }

  async #open(name, read) {
    const opening = await this.#begin(name);
    try {
      const result = await read(opening);
      this.#show(opening);
      return { ...result, name };
    } catch (error) {
      // What was read before is shown; and something must be open.
      if (opening.engine && (!this.engine || hasContent(opening.engine)))
        this.#show(opening);
      throw error;
    } finally {
      if (opening.isShown) this.#changed();
      else opening.engine?.free();
    }
  }

  async #import(opening, file, head) {
    if (opening.logs.length > 0 || needsFull(head)) {
      opening.engine.free();
      opening.engine = null;
      await this.#full.ready();
      opening.engine = new FullEngine(this.#maxKeptLen, false);
      for (const log of opening.logs)
        opening.engine.importKeys(new Uint8Array(await log.arrayBuffer()));
    }
    const { engine } = opening;
    try {
      await this.#read(opening, file, (bytes) => engine.import(bytes));
    } catch (error) {
      if (this.#isReplaced(opening)) throw error;
      try {
        engine.finishImport();
      } catch {
        // It says the same again.
      }
      throw error;
    }
    return engine.finishImport();
  }

  /** Ends reading a file; what was read of it is shown. */
  stopReading() {
    if (this.#reading) this.#reading.isStopped = true;
  }

  /** Watches a tap (LIVE.md) until it ends. */
  async watch(url, token, keepsAll) {
    this.#keepsAll = keepsAll;
    const keptLen = keepsAll ? Infinity : LIVE_KEPT_LEN;
    // What comes last matters most.
    const opening = await this.#begin(url, keptLen, true);
    const feed = (opening.feed = new LiveFeed(opening.engine));
    const abort = new AbortController();
    const live = { url, feed, abort, state: 'connecting', error: '' };
    this.#show(opening, live);
    const isCurrent = () => live === this.#live;
    readLive(url, {
      token,
      signal: abort.signal,
      onOpen: () => {
        live.state = 'open';
        if (isCurrent()) this.#changed();
      },
      onBytes: (bytes) => {
        if (!isCurrent()) return;
        feed.push(bytes);
        this.#changed();
      }
    })
      .then(() => (live.state = 'ended'))
      .catch((error) => {
        live.state = abort.signal.aborted ? 'ended' : 'failed';
        live.error = abort.signal.aborted ? '' : error.message;
      })
      .finally(() => isCurrent() && this.#changed());
  }

  stopWatching() {
    this.#live?.abort.abort();
  }

  /** Whether a live capture keeps as much as the engine's memory allows. */
  keepAll(isOn) {
    this.#keepsAll = isOn;
    this.engine.keep(this.#liveLen());
  }

  /** The page has the full module, or why it has not. */
  provideFull(wasm, problem) {
    return this.#full.provide(wasm, problem);
  }

  /** Something to open beside what is open, which stays if this fails. */
  async #begin(name, keptLen = Infinity, evicts = false) {
    const capture = ++this.#begun;
    await ready;
    const engine = new Engine(Math.min(keptLen, this.#maxKeptLen), evicts);
    return { capture, name, engine, isShown: false };
  }

  /** Puts it in place of what is open. */
  #show(opening, live = null) {
    if (opening.isShown) return;
    this.#mustBeNewest(opening);
    opening.isShown = true;
    this.stopWatching();
    this.engine?.free();
    this.engine = opening.engine;
    this.feed = opening.feed ?? null;
    this.#opened = opening;
    this.#live = live;
    this.#conn = this.#sort = this.#order = null;
    this.#query = '';
    this.#cleared = 0;
    this.#clearedConns.clear();
    this.#version++;
    this.#rowsTold = 0;
    // Before any answer that is of this capture.
    this.#report();
  }

  async #readLiveFile(opening, file) {
    const feed = (opening.feed = new LiveFeed(opening.engine));
    await this.#read(opening, file, (bytes) => {
      feed.push(bytes);
      const why = opening.engine.whyFull();
      if (why) throw new Error(why);
    });
    if (feed.pendingLen > 0)
      throw new Error(`${feed.pendingLen} bytes at its end are no record`);
    return feed;
  }

  /** Reads a file piece by piece; other calls get their turn between. */
  async #read(opening, file, take) {
    this.#reading = opening;
    for (let start = 0; start < file.size; start += PIECE_LEN) {
      const piece = await file.slice(start, start + PIECE_LEN).arrayBuffer();
      this.#mustBeNewest(opening);
      if (opening.isStopped) throw new Error('stopped');
      take(new Uint8Array(piece));
      const { size: len } = file;
      emit('progress', { share: (start + piece.byteLength) / len, len });
      if (hasContent(opening.engine)) {
        this.#show(opening);
        this.#changed();
      }
    }
  }

  /** Whether what was to be opened after it is open already. */
  #isReplaced({ capture }) {
    return capture < this.#opened.capture;
  }

  #mustBeNewest(opening) {
    if (this.#isReplaced(opening))
      throw new Error('another capture was opened');
  }

  // What the page shows.

  /** Shows one connection, or all with null, and what matches the query. */
  setFilter(conn, query) {
    // By itself first, so that an error's place is in what the reader wrote.
    this.engine.setFilter(conn ?? -1, query);
    this.#conn = conn;
    this.#query = query;
    if (this.#cleared > 0) {
      const own = query.trim() === '' ? '' : `(${query})`;
      this.engine.setFilter(conn ?? -1, `frame>${this.#cleared} ${own}`);
    }
    this.#order = null;
    this.#version++;
    this.#rowsTold = 0;
    this.#lastReport = -Infinity;
    this.#changed();
  }

  /** Empties a live list: of its frames, and of connections that are closed. */
  clear() {
    const { engine } = this;
    const { frames, connections } = statusOf(engine, null, 0);
    this.#cleared = frames;
    for (const { id, state } of connections)
      if (isOver(state)) this.#clearedConns.add(id);
    this.setFilter(this.#conn, this.#query);
  }

  #liveLen() {
    return Math.min(
      this.#keepsAll ? Infinity : LIVE_KEPT_LEN,
      this.#maxKeptLen
    );
  }

  /** Sorts the rows by a column, or with null leaves them as they came. */
  setSort(sort) {
    this.#sort = sort;
    // Until they are sorted, rows stay where they are.
    if (sort === null) {
      this.#order = null;
      this.#version++;
    }
    this.#lastReport = -Infinity;
    this.#changed();
  }

  /**
   * Rows of the frame list, `{ start, rows }`, or null where the page asks
   * for rows of an older list.
   */
  rows(start, count, version) {
    if (version !== this.#version) return null;
    const order = this.#order?.subarray(start, start + count);
    if (!order) return rowsOf(this.engine, start, count);
    const rows = Array.from(order, (row) => {
      const pair = rowsOf(this.engine, Math.max(0, row - 1), row > 0 ? 2 : 1);
      const [one, above] = pair.rows.reverse();
      return { ...one, after: above ? one.time - above.time : NaN };
    });
    return { start, rows };
  }

  rowOf(frame) {
    return this.#place(this.engine.rowOf(frame));
  }

  rowAt(time) {
    return this.#place(this.engine.rowAt(time));
  }

  /** Where a row is among those sorted. */
  #place(row) {
    return row < 0 || !this.#order ? row : this.#order.indexOf(row);
  }

  /** Something is new: the page is told soon, but not too often. */
  #changed() {
    const wait = this.#lastReport + REPORT_MS - performance.now();
    this.#reportIn(Math.max(0, wait));
    this.#scan();
  }

  /** Matches frames against the filter, a slice at a time. */
  async #scan() {
    if (this.#isScanning) return;
    this.#isScanning = true;
    while (!this.engine.scan(SCAN_LEN)) {
      // Someone waits for the first hits.
      if (this.#rowsTold === 0 && this.#rows > 0) this.#report();
      this.#reportIn(REPORT_MS);
      await turn();
    }
    if (!this.#isArranged) await this.#arrange();
    this.#isScanning = false;
    this.#reportIn(0);
  }

  /** Whether the rows are in the order that the reader wants. */
  get #isArranged() {
    const [order, sort] = [this.#order, this.#sort];
    return sort ? order?.sort === sort && order.length === this.#rows : true;
  }

  async #arrange() {
    const { engine } = this;
    const version = this.#version;
    const sort = this.#sort;
    const isStale = () => version !== this.#version || sort !== this.#sort;
    const order = await sorted(engine, this.#rows, sort, isStale);
    if (order) {
      this.#order = Object.assign(order, { sort });
      this.#version++;
    }
    // What changed meanwhile asks for another.
    if (!this.#isArranged) await this.#arrange();
  }

  #reportIn(ms) {
    if (this.#reportTimer !== null) return;
    this.#reportTimer = setTimeout(() => this.#report(), ms);
  }

  get #rows() {
    return rowCount(this.engine);
  }

  #report() {
    clearTimeout(this.#reportTimer);
    this.#reportTimer = null;
    this.#lastReport = performance.now();
    const status = statusOf(this.engine, this.#conn, this.#cleared);
    for (const conn of status.connections) {
      conn.isCleared = this.#clearedConns.has(conn.id);
      if (this.#live) Object.assign(conn, this.#live.feed.factsOf(conn.id));
    }
    this.#rowsTold = status.rows;
    emit('status', {
      capture: this.#opened.capture,
      name: this.#opened.name,
      version: this.#version,
      ...status,
      live: this.#live && {
        url: this.#live.url,
        state: this.#live.state,
        error: this.#live.error,
        source: this.#live.feed.source,
        drops: this.#live.feed.drops
      }
    });
  }
}

function rowsOf(engine, start, count) {
  const rows = engine.rows(start, count);
  try {
    return {
      start: start + rows.gone,
      rows: rowsFromTable(rows.table, rows.previews)
    };
  } finally {
    rows.free();
  }
}

async function headOf(file) {
  return new Uint8Array(await file.slice(0, HEAD_LEN).arrayBuffer());
}

serve(new EngineWorker());
