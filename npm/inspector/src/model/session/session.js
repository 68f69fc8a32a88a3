import { EngineClient } from '../../engine/client.js';
import { needles } from '../filter/highlight.js';
import { Schemas } from '../schemas.js';
import { splitTerms, toggled } from '../filter/terms.js';
import { Selection } from './selection.js';
import { Timeline } from './timeline.js';

/** Columns of which the largest values are what one looks for. */
const LARGEST_FIRST = ['delta', 'wire', 'len', 'inflated', 'severity'];

/**
 * What the page shows: one capture, a filter on it, and what is selected.
 * Fires `change` whenever any of it changed.
 */
export class Session extends EventTarget {
  /** How to open again what was to be opened, by what the engine calls it. */
  #openers = new Map();
  /** Counts what was to be opened. */
  #openings = 0;
  /** The list in which the selected frame was looked for, all of it. */
  #searched = -1;
  /** The most memory of a capture in bytes, where the page has a limit of its own. */
  #maxKeptLen = null;
  /** What a live source failed with, as it was reported last. */
  #liveError = '';
  #engine = this.#start();

  /** Which capture is open, as the engine counts them. */
  capture = 0;
  /** What the engine last reported, or null before anything is open. */
  status = null;
  /** `{ name, detail, notes }` of what is open. */
  source = null;
  /** What went wrong last, or ''. */
  problem = '';
  /** The tap that was watched last, `{ url, token }`, or null. */
  tap = null;
  /** What of it could not be read: `{ sentences, wantsKeys }`, or null. */
  unread = null;
  /** Reading a file: `{ name, share, len }`, or null. */
  reading = null;
  query = '';
  queryError = null;
  /** What the filter looks for in texts, a regular expression or null. */
  needles = null;
  conn = null;
  /** What the list is sorted by, `{ column, isDescending }`, or null. */
  sort = null;
  /** The frame list: its version, rows, and how many left the front. */
  view = { version: 0, count: 0, evicted: 0, frames: 0 };
  schemas = new Schemas();
  timeline = new Timeline(this);
  selection = new Selection(this);
  follow = false;
  isPaused = false;
  keepsAll = false;
  /** Frames that came while the list was paused. */
  get heldBack() {
    const seen = Math.max(this.view.frames, this.status?.cleared ?? 0);
    return this.isPaused ? this.status.frames - seen : 0;
  }

  /** Whether the frame that is shown is not in the list, for it doesn't match. */
  get isHidden() {
    return this.selection.row < 0 && this.#searched === this.status?.version;
  }

  /** Whether the list can be sorted: not while frames come. */
  get canSort() {
    return this.status !== null && !this.status.live && this.reading === null;
  }

  /** Asks the engine. */
  call(name, ...args) {
    return this.#engine.call(name, ...args);
  }

  close() {
    this.#engine.close();
  }

  /** Limits the memory of what is opened from now on, in bytes. */
  limit(maxKeptLen) {
    this.#maxKeptLen = maxKeptLen;
    this.#engine.call('limit', maxKeptLen ?? Infinity);
  }

  // What is open.

  openSample() {
    return this.#open('Sample session', 'openSample');
  }

  /** @param {Blob | Uint8Array | Blob[]} data */
  open(data, name) {
    return this.#open(name, 'open', data);
  }

  /** Opens the capture at an address, with the logs of TLS keys at others. */
  async openUrl(url, ...logs) {
    try {
      const [capture, ...keys] = await Promise.all([url, ...logs].map(load));
      await this.#open(nameOf(url), 'openWithKeys', capture, keys);
    } catch (error) {
      this.#fail(error);
    }
  }

  async watch(url, token) {
    this.#openers.set(++this.#openings, () => this.watch(url, token));
    this.tap = { url, token };
    this.problem = '';
    this.reading = null;
    await this.#engine
      .call('watch', url, token || null, this.keepsAll)
      .catch(this.#fail);
  }

  /** Whether the engine doesn't answer, for what it does takes so long. */
  get isStuck() {
    return this.#engine.isStuck;
  }

  /** Ends what takes so long, and opens again what was open, unfiltered. */
  async restart() {
    const { query, status } = this;
    const reopen = this.#openers.get(this.capture);
    this.#replaceEngine();
    await reopen?.();
    if (query !== '') {
      const end = new TextEncoder().encode(query).length;
      this.query = query;
      this.queryError = {
        message: 'stopped, because it took too long',
        start: 0,
        end
      };
    }
    if (status?.live) {
      this.problem =
        'The engine was restarted. What it had read is gone. It is watching the source again.';
    }
    this.changed();
  }

  /** Ends reading a file; what was read of it is shown. */
  stopReading() {
    return this.#engine.call('stopReading');
  }

  stopWatching() {
    return this.#engine.call('stopWatching');
  }

  keepAll(isOn) {
    this.keepsAll = isOn;
    this.#engine.call('keepAll', isOn);
    this.changed();
  }

  /** Empties the list of a live source; what comes next shows in it. */
  async clear() {
    this.selection.forget();
    this.changed();
    await this.#engine.call('clear');
  }

  async addSchemas(files) {
    await this.schemas.add(files);
    this.changed();
  }

  dismissProblem() {
    this.problem = '';
    this.changed();
  }

  pause(isOn) {
    this.isPaused = isOn;
    if (!isOn) this.#take(this.status);
    this.changed();
  }

  setFollow(isOn) {
    this.follow = isOn;
    this.changed();
  }

  /** Writes a file: `{ blob, name }`, or nothing where that failed. */
  async export(options) {
    try {
      const file = await this.#engine.call('export', options);
      if (!file) return null;
      const { blob, extension } = file;
      const stem = (this.source?.name ?? 'capture').replace(/[^\w-]+/g, '-');
      return { blob, name: `${stem}.${extension}` };
    } catch (error) {
      this.#fail(new Error(`Not exported: ${error.message}`));
      return null;
    }
  }

  // The frame list.

  readRows = (start, count) =>
    this.#engine.call('rows', start, count, this.view.version);

  async setQuery(query) {
    this.query = query;
    // At once: later, it would take the place of what is typed until then.
    this.changed();
    await this.#filter();
  }

  /** Shows only what matches this term as well: of all connections, where it is about what they are. */
  async addTerm(term) {
    if (/^(name|url)==/.test(term)) this.conn = null;
    const isThere = splitTerms(this.query).includes(term);
    await this.setQuery(
      isThere ? this.query : toggled(this.query, term, 'off')
    );
  }

  async setConn(conn) {
    this.conn = conn;
    // Another connection's frame gives way to the first of this one.
    const { selection } = this;
    if (conn !== null && selection.frame?.conn !== conn) selection.clear();
    await this.#filter();
  }

  /** Sorts by a column, then the other way round, then not at all. */
  async sortBy(column) {
    if (!this.canSort) return;
    const first = LARGEST_FIRST.includes(column);
    const { sort } = this;
    if (
      column === null ||
      (sort?.column === column && sort.isDescending !== first)
    )
      this.sort = null;
    else
      this.sort = {
        column,
        isDescending: sort?.column === column ? !first : first
      };
    this.changed();
    await this.#engine.call('setSort', this.sort);
  }

  readBytes = (id, start, end, unmask) =>
    this.#engine.call('bytes', id, start, end, unmask);

  readAbout = (id) => this.#engine.call('about', id);

  readFindings = (rule, start, count) =>
    this.#engine.call('findings', start, count, this.conn, rule);

  // Inside.

  #start() {
    const engine = new EngineClient();
    engine.addEventListener('status', ({ detail }) => this.#onStatus(detail));
    engine.addEventListener('progress', ({ detail }) => {
      this.reading &&= { ...this.reading, ...detail };
      this.changed();
    });
    engine.addEventListener('fault', ({ detail }) => this.#onFault(detail));
    engine.addEventListener('stuck', () => this.changed());
    if (this.#maxKeptLen !== null) engine.call('limit', this.#maxKeptLen);
    return engine;
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }

  #fail = (error) => {
    this.problem = error.message;
    this.reading = null;
    this.changed();
  };

  /** The worker is in no known state any more: another takes its place. */
  #onFault({ message }) {
    this.#replaceEngine();
    this.#fail(
      new Error(`The inspector’s engine failed and was restarted: ${message}`)
    );
  }

  #replaceEngine() {
    this.#engine.close();
    this.#engine = this.#start();
    this.#forget();
    this.#openers.clear();
    this.capture = this.#openings = 0;
    this.#searched = -1;
    this.timeline.reset();
    this.status = this.reading = null;
    this.view = { version: 0, count: 0, evicted: 0, frames: 0 };
  }

  #forget() {
    this.problem = '';
    this.unread = null;
    this.query = '';
    this.queryError = this.needles = null;
    this.conn = this.sort = null;
    this.timeline.data = null;
    this.selection.forget();
    this.follow = this.isPaused = false;
    this.#liveError = '';
  }

  /** What is open stays so until the engine has something in its place. */
  async #open(name, method, ...data) {
    const opening = ++this.#openings;
    this.#openers.set(opening, () => this.#open(name, method, ...data));
    const before = this.capture;
    this.problem = '';
    this.reading = { name, share: 0 };
    this.changed();
    try {
      const result = await this.#engine.call(method, ...data, name);
      if (!result || opening !== this.#openings) return;
      const { format, why, notes, unread = [], wantsKeys = false } = result;
      const read = format ? [`${format}: ${why}`] : [];
      this.unread = unread.length > 0 ? { sentences: unread, wantsKeys } : null;
      // Keys alone open again what was open.
      this.source = {
        name: result.name,
        detail: [...read, ...notes].join(' · '),
        notes,
        read
      };
      this.reading = null;
      this.changed();
    } catch (error) {
      if (opening !== this.#openings) return;
      if (before !== this.capture)
        this.source = { name, detail: 'not read to its end' };
      this.#fail(new Error(`${name}: ${error.message}`));
    }
  }

  #onStatus(status) {
    if (status.capture !== this.capture) this.#begin(status);
    this.status = status;
    if (status.live?.source)
      this.source = { name: status.live.source, detail: status.live.url };
    // Once, so that it can be dismissed.
    const error = status.live?.error ?? '';
    if (error !== '' && error !== this.#liveError) this.problem = error;
    this.#liveError = error;
    if (!this.isPaused || status.version !== this.view.version)
      this.#take(status);
    const { selection } = this;
    if (selection.frameId === null && status.rows > 0)
      selection.select(status.rowsEvicted);
    if (!status.isScanning && status.version !== this.#searched) {
      this.#searched = status.version;
      selection.findRow();
    }
    this.timeline.read();
    this.changed();
  }

  /** Another capture is open now. */
  #begin({ capture, name, live }) {
    this.#forget();
    this.capture = capture;
    for (const older of this.#openers.keys())
      if (older < capture) this.#openers.delete(older);
    this.source = { name, detail: '' };
    this.follow = live !== null;
  }

  #take(status) {
    const { version, rows, rowsEvicted, frames } = status;
    this.view = { version, count: rows, evicted: rowsEvicted, frames };
  }

  async #filter() {
    try {
      await this.#engine.call('setFilter', this.conn, this.query);
      this.queryError = null;
      this.needles = needles(this.query);
      await this.selection.findRow();
    } catch (error) {
      if (error.name !== 'QueryError') throw error;
      this.queryError = error;
    }
    if (this.selection.tab === 'connection' && this.conn !== null)
      await this.selection.readConnection(this.conn);
    this.changed();
  }
}

async function load(url) {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the answer was ${response.status}`);
    return await response.blob();
  } catch (error) {
    throw new Error(`${url}: ${error.message}`, { cause: error });
  }
}

/** What the file at an address is called. */
function nameOf({ pathname }) {
  const name = pathname.split('/').at(-1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
