'use strict';

const { Told } = require('./compression');
const { BUSY } = require('./midstream');
const { firstFrame } = require('./rebuilt');

const NONE = Buffer.alloc(0);

/** How many bytes of a direction may wait until it can be read. */
const MAX_HELD_LENGTH = 16 * 1024 * 1024;

/**
 * Tells one watcher what it needs to read a connection from the middle, before
 * the first chunk of each direction.
 */
class Start {
  #held = null;
  #heldLength = 0;
  #isInTold = false;
  #isOutTold = false;
  #isWaiting = false;
  #midstream;
  #outWindow;
  #sendsCompressed;
  #view;

  /**
   * @param {View} view The watcher's
   * @param {Midstream} midstream The connection
   */
  constructor(view, midstream) {
    const { compression } = midstream;

    this.#midstream = midstream;
    this.#view = view;
    this.#sendsCompressed = midstream.sendsCompressed;
    this.#outWindow = compression.tells(true);

    if (this.#outWindow === Told.WINDOW) this.#tellWhenItSends();
  }

  /** Whether nothing is left to be told before a chunk. */
  get isOver() {
    return this.#isInTold && this.#isOutTold;
  }

  /** Whether all later messages can be read by what the watcher is told. */
  get isTold() {
    return this.#midstream.isTold;
  }

  /**
   * @param {Boolean} isOut Which way a chunk goes
   * @param {Buffer} bytes The chunk
   * @return {Boolean} Whether it can follow what was told
   */
  admits(isOut, bytes) {
    if (isOut) return this.#admitsOut(bytes);
    if (this.#isInTold) return true;
    if (this.#held !== null) return this.#hold(bytes);
    // It is among what is unread then.
    if (this.#isWaiting) return false;
    return this.#begin() && (this.#held === null || this.#hold(bytes));
  }

  /** Nothing more will be told: the connection is closed. */
  end() {
    this.#release(null);
  }

  /** Tells where the client's direction stands, if that can be told now. */
  #begin() {
    const midstream = this.#midstream;
    const standing = midstream.standing();

    if (standing === BUSY) {
      if (midstream.isInChunk) {
        this.#isWaiting = true;
        midstream.whenDone(() => {
          this.#isWaiting = false;
          this.#begin();
        });
      }

      return false;
    }

    if (standing !== null && !this.#tell(standing)) return false;

    this.#isInTold = this.#held === null;
    return true;
  }

  #tell({ isWindowLater, rebuilt, unread, window }) {
    const view = this.#view;
    const { watcher } = view;
    const parts = [...rebuilt, ...unread, window ?? NONE];

    if (!watcher.hasRoomFor(view, lengthOf(parts))) return false;

    view.lostIn = 0;
    if (window !== undefined) watcher.tellWindow(view, false, 0, window);
    if (rebuilt.length > 0) watcher.tellRebuilt(view, false, rebuilt);

    if (isWindowLater) {
      this.#held = [];
      for (const chunk of unread) this.#hold(chunk);
      this.#midstream.compression.whenMessageEnds((later) =>
        this.#release(later)
      );
    } else {
      for (const chunk of unread) watcher.tellUnread(view, chunk);
    }

    return true;
  }

  /** Keeps a chunk, of which ws unmasks its own. */
  #hold(bytes) {
    this.#held.push(Buffer.from(bytes));
    this.#heldLength += bytes.length;
    if (this.#heldLength > MAX_HELD_LENGTH) this.#release(null);
    return false;
  }

  #release(window) {
    const held = this.#held;
    const view = this.#view;

    if (held === null) return;

    this.#held = null;
    this.#isInTold = true;
    if (window !== null) view.watcher.tellWindow(view, false, 0, window);
    for (const chunk of held) view.watcher.tellUnread(view, chunk);
  }

  #admitsOut(bytes) {
    const view = this.#view;

    if (this.#isOutTold) return true;

    if (this.#outWindow === Told.EMPTY) {
      this.#outWindow = Told.NOTHING;
      view.watcher.tellWindow(view, true, 0, NONE);
    }

    const opcode = firstDataOpcode(bytes);

    if (opcode === 0) {
      // Nobody remembers the fragments before this one. There must have been
      // some, even if the sender doesn't know: it may be compressing the last
      // one.
      const isCompressed = this.#sendsCompressed;
      const frame = firstFrame({ isCompressed, isText: false, text: NONE });

      view.watcher.tellRebuilt(view, true, [frame]);
    }

    this.#isOutTold = opcode !== undefined;
    return true;
  }

  #tellWhenItSends() {
    const view = this.#view;

    this.#midstream.compression.whenMessage((window, length) => {
      if (!view.watcher.tellWindow(view, true, length, window)) {
        this.#tellWhenItSends();
      }
    });
  }
}

function lengthOf(parts) {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** The opcode of the first frame that isn't a control frame; none is masked. */
function firstDataOpcode(bytes) {
  for (let at = 0; at + 1 < bytes.length;) {
    const opcode = bytes[at] & 0x0f;

    if (opcode < 8) return opcode;
    // A control frame is short.
    at += 2 + (bytes[at + 1] & 0x7f);
  }
}

module.exports = Start;
