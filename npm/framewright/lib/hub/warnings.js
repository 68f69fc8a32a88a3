'use strict';

// Node's own, also where a test replaces them later.
const { clearTimeout, setTimeout } = require('timers');

/**
 * After its first lines, a kind of warning is logged once per this time, in ms.
 */
const INTERVAL = 5 * 1000;

/** How many lines of a kind are logged at once, where it isn't 1. */
const AT_ONCE = { malformed: 5, subscribe: 5 };

/**
 * Warnings that may come as often as messages do. Each kind is logged at a
 * bounded rate, with the number of those left out.
 */
class Warnings {
  /** @param {Function} log Called with a line */
  constructor(log) {
    this.log = log;
    this.kinds = new Map();
  }

  /**
   * @param {String} kind The kind of warning, one of a few
   * @param {String} text The warning
   */
  add(kind, text) {
    let state = this.kinds.get(kind);

    if (state === undefined) {
      state = { lines: AT_ONCE[kind] ?? 1, count: 0, text: '', timer: null };
      this.kinds.set(kind, state);
      this.start(kind, state);
    }

    if (state.lines > 0) {
      state.lines--;
      this.log(text);
    } else {
      state.count++;
      state.text = text;
    }
  }

  /** Logs what was left out so far. */
  flush() {
    for (const state of this.kinds.values()) {
      clearTimeout(state.timer);
      this.tally(state);
    }

    this.kinds.clear();
  }

  /** @private */
  start(kind, state) {
    state.timer = setTimeout(() => {
      if (state.count === 0) {
        this.kinds.delete(kind);
        return;
      }

      state.lines = 0;
      this.start(kind, state);
      this.tally(state);
    }, INTERVAL);
    state.timer.unref();
  }

  /** @private */
  tally(state) {
    const { count, text } = state;

    state.count = 0;

    if (count > 0) {
      this.log(`${text} (${count} such since this was last logged)`);
    }
  }
}

module.exports = Warnings;
