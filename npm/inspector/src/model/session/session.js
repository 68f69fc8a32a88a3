import { EngineClient } from '../../engine/client.js';
import { keep, kept } from '../kept.js';

const MAX_LANES = 6;
/** The opcodes from here on are those of control frames. */
const FIRST_CONTROL = 8;

/**
 * What the page shows: one capture, a filter on it, and what is selected.
 * Fires `change` whenever any of it changed.
 */
export class Session extends EventTarget {
  /** Which capture is open, as the engine counts them. */
  #capture = 0;
  /** How to open again what was to be opened, by what the engine calls it. */
  #openers = new Map();
  /** Counts what was to be opened. */
  #openings = 0;
  #buckets = 0;
  #timelineBusy = false;
  #timelineStale = false;
  /** The list in which the selected frame was looked for, all of it. */
  #searched = -1;
  /** The most memory of a capture in bytes, where the page has a limit of its own. */
  #maxKeptLen = null;
  /** What a live source failed with, as it was reported last. */
  #liveError = '';
  #engine = this.#start();

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
  conn = null;
  /** The frame list: its version, rows, and how many left the front. */
  view = { version: 0, count: 0, evicted: 0, frames: 0 };
  frameId = null;
  /** The selected row, counted from the first that ever was; −1 for none. */
  row = -1;
  /** How often the selected row was to be brought into sight. */
  reveals = 0;
  frame = null;
  message = null;
  connection = null;
  timeline = null;
  follow = false;
  isPaused = false;
  keepsAll = false;
  /** Which of message, frame, connection is shown; the others aren't read. */
  tab = 'message';
  /** Which of them the reader wants to see. */
  #wantedTab = kept('tab') === 'frame' ? 'frame' : 'message';
  /** A frame that is shown in a tab of its own: `{ id, tab }`, or null. */
  #tabOfFrame = null;

  /** Frames that came while the list was paused. */
  get heldBack() {
    return this.isPaused ? this.status.frames - this.view.frames : 0;
  }

  /** Whether the frame that is shown is not in the list, for it doesn't match. */
  get isHidden() {
    return this.row < 0 && this.#searched === this.status?.version;
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

  /** Opens the capture at an address. */
  async openUrl(url) {
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`the answer was ${response.status}`);
      await this.open(await response.blob(), url.pathname.split('/').at(-1));
    } catch (error) {
      this.#fail(new Error(`${url}: ${error.message}`));
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
    const reopen = this.#openers.get(this.#capture);
    this.#replaceEngine();
    await reopen?.();
    if (query !== '') {
      const end = new TextEncoder().encode(query).length;
      this.query = query;
      this.queryError = {
        message: 'stopped, as it took too long',
        start: 0,
        end
      };
    }
    if (status?.live) {
      this.problem =
        'The engine was restarted: what it had read is gone, and it watches the source again.';
    }
    this.#change();
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
    this.#change();
  }

  dismissProblem() {
    this.problem = '';
    this.#change();
  }

  pause(isOn) {
    this.isPaused = isOn;
    if (!isOn) this.#take(this.status);
    this.#change();
  }

  setFollow(isOn) {
    this.follow = isOn;
    this.#change();
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
    this.#change();
    await this.#filter();
  }

  async setConn(conn) {
    this.conn = conn;
    // Another connection's frame gives way to the first of this one.
    if (conn !== null && this.frame?.conn !== conn) {
      this.frameId = this.frame = this.message = null;
      this.row = -1;
    }
    await this.#filter();
  }

  // The selection.

  /** Selects a row of the list, and goes there. */
  async chooseRow(row) {
    this.follow = false;
    this.reveals++;
    await this.#select(row);
  }

  async #select(row) {
    const capture = this.#capture;
    // At once, as the next key counts from there.
    this.row = row;
    this.#change();
    const found = await this.readRows(row, 1);
    if (capture !== this.#capture || row !== this.row) return;
    if (!found || found.rows.length === 0) return;
    await this.#show(found.rows[0].id);
  }

  /** Selects a frame, wherever it is. */
  async chooseId(id, tab = null) {
    this.#tabOfFrame = tab && { id, tab };
    const capture = this.#capture;
    const row = await this.#engine.call('rowOf', id);
    if (capture !== this.#capture) return;
    this.row = row;
    this.follow = false;
    this.reveals++;
    await this.#show(id);
  }

  async chooseTime(time) {
    if (this.view.count === 0) return;
    const row = await this.#engine.call('rowAt', time);
    const last = this.view.evicted + this.view.count - 1;
    await this.chooseRow(Math.min(row, last));
  }

  /** Shows this tab, also for the frames to come. */
  async showTab(tab) {
    this.tab = this.#wantedTab = tab;
    this.#tabOfFrame = { id: this.frameId, tab };
    if (tab !== 'connection') keep('tab', tab);
    if (this.frameId !== null) await this.#show(this.frameId);
    else {
      await this.#readConnection(this.conn ?? 0);
      this.#change();
    }
  }

  readBytes = (id, start, end, unmask) =>
    this.#engine.call('bytes', id, start, end, unmask);

  readFindings = (rule, start, count) =>
    this.#engine.call('findings', start, count, this.conn, rule);

  /** How many stretches of time the timeline has room for. */
  setBuckets(buckets) {
    if (buckets === this.#buckets) return;
    this.#buckets = buckets;
    this.#readTimeline();
  }

  // Inside.

  #start() {
    const engine = new EngineClient();
    engine.addEventListener('status', ({ detail }) => this.#onStatus(detail));
    engine.addEventListener('progress', ({ detail }) => {
      this.reading &&= { ...this.reading, ...detail };
      this.#change();
    });
    engine.addEventListener('fault', ({ detail }) => this.#onFault(detail));
    engine.addEventListener('stuck', () => this.#change());
    if (this.#maxKeptLen !== null) engine.call('limit', this.#maxKeptLen);
    return engine;
  }

  #change() {
    this.dispatchEvent(new Event('change'));
  }

  #fail = (error) => {
    this.problem = error.message;
    this.reading = null;
    this.#change();
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
    this.#capture = this.#openings = 0;
    this.#searched = -1;
    this.#timelineBusy = false;
    this.status = this.reading = null;
    this.view = { version: 0, count: 0, evicted: 0, frames: 0 };
  }

  #forget() {
    this.problem = '';
    this.unread = null;
    this.query = '';
    this.queryError = null;
    this.conn = null;
    this.frameId = null;
    this.row = -1;
    this.frame = this.message = this.connection = this.timeline = null;
    this.follow = this.isPaused = false;
    this.#tabOfFrame = null;
    this.#liveError = '';
  }

  /** What is open stays so until the engine has something in its place. */
  async #open(name, method, ...data) {
    const opening = ++this.#openings;
    this.#openers.set(opening, () => this.#open(name, method, ...data));
    const before = this.#capture;
    this.problem = '';
    this.reading = { name, share: 0 };
    this.#change();
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
      this.#change();
    } catch (error) {
      if (opening !== this.#openings) return;
      if (before !== this.#capture)
        this.source = { name, detail: 'not read to its end' };
      this.#fail(new Error(`${name}: ${error.message}`));
    }
  }

  #onStatus(status) {
    if (status.capture !== this.#capture) this.#begin(status);
    this.status = status;
    if (status.live?.source)
      this.source = { name: status.live.source, detail: status.live.url };
    // Once, so that it can be dismissed.
    const error = status.live?.error ?? '';
    if (error !== '' && error !== this.#liveError) this.problem = error;
    this.#liveError = error;
    if (!this.isPaused || status.version !== this.view.version)
      this.#take(status);
    if (this.frameId === null && status.rows > 0)
      this.#select(status.rowsEvicted);
    if (!status.isScanning && status.version !== this.#searched) {
      this.#searched = status.version;
      if (this.row < 0) this.#findRow();
    }
    this.#readTimeline();
    this.#change();
  }

  /** Another capture is open now. */
  #begin({ capture, name, live }) {
    this.#forget();
    this.#capture = capture;
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
      await this.#findRow();
    } catch (error) {
      if (error.name !== 'QueryError') throw error;
      this.queryError = error;
    }
    if (this.tab === 'connection' && this.conn !== null)
      await this.#readConnection(this.conn);
    this.#change();
  }

  /** Selects the row of the frame that is shown, where the list has one. */
  async #findRow() {
    const { frameId } = this;
    if (frameId === null) return;
    const row = await this.#engine.call('rowOf', frameId);
    if (frameId !== this.frameId) return;
    this.row = row;
    this.#change();
  }

  async #show(id) {
    const capture = this.#capture;
    // Another frame, or another capture's, may be chosen before this is read.
    const isStale = () => id !== this.frameId || capture !== this.#capture;
    this.frameId = id;
    if (this.#tabOfFrame?.id !== id) this.#tabOfFrame = null;
    this.#change();
    const frame = await this.#engine.call('frame', id);
    if (isStale()) return;
    const tab = this.#tabFor(frame);
    if (frame && tab === 'message') {
      const message = await this.#engine.call('message', id);
      if (isStale()) return;
      this.message = message;
    }
    if (frame && tab === 'connection') await this.#readConnection(frame.conn);
    if (isStale() || tab !== this.#tabFor(frame)) return;
    this.tab = tab;
    this.frame = frame;
    this.#change();
  }

  /** Control frames, and frames with an error, have more to say than a message. */
  #tabFor(frame) {
    if (frame && frame.id === this.#tabOfFrame?.id) return this.#tabOfFrame.tab;
    const isPlain =
      !frame ||
      (frame.opcode < FIRST_CONTROL &&
        frame.isComplete &&
        frame.findings.every(({ severity }) => severity !== 'error'));
    return isPlain || this.#wantedTab !== 'message' ? this.#wantedTab : 'frame';
  }

  async #readConnection(id) {
    const capture = this.#capture;
    const [facts, timing, diagnoses] = await Promise.all([
      this.#engine.call('connection', id),
      this.#engine.call('timing', id),
      this.#engine.call('diagnose', id)
    ]);
    if (capture !== this.#capture) return;
    this.connection = facts && { ...facts, timing, diagnoses };
  }

  /** One at a time: with many frames it takes longer than their reports. */
  async #readTimeline() {
    if (this.#buckets === 0 || !this.status) return;
    this.#timelineStale = true;
    if (this.#timelineBusy) return;
    this.#timelineBusy = true;
    while (this.#timelineStale) {
      this.#timelineStale = false;
      const lanes = this.#lanes();
      const data = await this.#engine.call(
        'timeline',
        lanes.map(({ id }) => id),
        this.#buckets
      );
      this.timeline = data && { ...data, buckets: this.#buckets, lanes };
      this.#change();
    }
    this.#timelineBusy = false;
  }

  /** The latest connections, and the chosen one among them. */
  #lanes() {
    const { connections } = this.status;
    let shown = connections.slice(-MAX_LANES);
    const chosen = connections[this.conn];
    if (chosen && !shown.includes(chosen)) shown = [chosen, ...shown.slice(1)];
    return shown.map(({ id, url }) => ({ id, name: `#${id} ${url ?? ''}` }));
  }
}
