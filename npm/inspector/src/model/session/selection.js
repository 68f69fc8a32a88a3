import { keep, kept } from '../kept.js';

/** The opcodes from here on are those of control frames. */
const FIRST_CONTROL = 8;

/** Which frame is shown, where it is in the list, and what is known of it. */
export class Selection {
  #session;
  /** Which of message and frame the reader wants to see. */
  #wantedTab = kept('tab') === 'frame' ? 'frame' : 'message';
  /** A frame that is shown in a tab of its own: `{ id, tab }`, or null. */
  #tabOfFrame = null;

  frameId = null;
  /** The selected row, counted from the first that ever was; −1 for none. */
  row = -1;
  /** How often the selected row was to be brought into sight. */
  reveals = 0;
  frame = null;
  message = null;
  connection = null;
  /** Which of message, frame, connection is shown; the others aren't read. */
  tab = 'message';

  constructor(session) {
    this.#session = session;
  }

  /** Nothing is selected any more. */
  clear() {
    this.frameId = this.frame = this.message = null;
    this.row = -1;
  }

  /** Another capture is open. */
  forget() {
    this.clear();
    this.connection = this.#tabOfFrame = null;
  }

  /** Selects a row of the list, and goes there. */
  async chooseRow(row) {
    this.#session.setFollow(false);
    this.reveals++;
    await this.select(row);
  }

  async select(row) {
    const capture = this.#session.capture;
    // At once, as the next key counts from there.
    this.row = row;
    this.#session.changed();
    const found = await this.#session.readRows(row, 1);
    if (capture !== this.#session.capture || row !== this.row) return;
    if (!found || found.rows.length === 0) return;
    await this.#show(found.rows[0].id);
  }

  /** Selects a frame, wherever it is. */
  async chooseId(id, tab = null) {
    this.#tabOfFrame = tab && { id, tab };
    const capture = this.#session.capture;
    const row = await this.#session.call('rowOf', id);
    if (capture !== this.#session.capture) return;
    this.row = row;
    this.#session.setFollow(false);
    this.reveals++;
    await this.#show(id);
  }

  async chooseTime(time) {
    if (this.#session.view.count === 0) return;
    const row = await this.#session.call('rowAt', time);
    const last = this.#session.view.evicted + this.#session.view.count - 1;
    await this.chooseRow(Math.min(row, last));
  }

  /** Shows this tab, also for the frames to come. */
  async showTab(tab) {
    this.tab = this.#wantedTab = tab;
    this.#tabOfFrame = { id: this.frameId, tab };
    if (tab !== 'connection') keep('tab', tab);
    if (this.frameId !== null) await this.#show(this.frameId);
    else {
      await this.readConnection(this.#session.conn ?? 0);
      this.#session.changed();
    }
  }

  /** Selects the row of the frame that is shown, where the list has one. */
  async findRow() {
    const { frameId } = this;
    if (frameId === null) return;
    const row = await this.#session.call('rowOf', frameId);
    if (frameId !== this.frameId) return;
    this.row = row;
    this.#session.changed();
  }

  async #show(id) {
    const capture = this.#session.capture;
    // Another frame, or another capture's, may be chosen before this is read.
    const isStale = () =>
      id !== this.frameId || capture !== this.#session.capture;
    this.frameId = id;
    if (this.#tabOfFrame?.id !== id) this.#tabOfFrame = null;
    this.#session.changed();
    const frame = await this.#session.call('frame', id);
    if (isStale()) return;
    const tab = this.#tabFor(frame);
    if (frame && tab === 'message') {
      const message = await this.#session.call('message', id);
      if (isStale()) return;
      this.message = message;
    }
    if (frame && tab === 'connection') await this.readConnection(frame.conn);
    if (isStale() || tab !== this.#tabFor(frame)) return;
    this.tab = tab;
    this.frame = frame;
    this.#session.changed();
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

  async readConnection(id) {
    const capture = this.#session.capture;
    const [facts, timing, diagnoses] = await Promise.all([
      this.#session.call('connection', id),
      this.#session.call('timing', id),
      this.#session.call('diagnose', id)
    ]);
    if (capture !== this.#session.capture) return;
    this.connection = facts && { ...facts, timing, diagnoses };
  }
}
