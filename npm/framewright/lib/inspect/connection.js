'use strict';

/**
 * One WebSocket connection on a tap. While it is watched, every source of its
 * octets hands them to `chunk()`.
 *
 * Where there are many connections, their objects have left the processor's
 * caches from one chunk to the next, and fetching each again takes longer than
 * all that is done with it. So a chunk comes by two of them: the connection, of
 * which the source is a subclass, and its view.
 */
class Connection {
  constructor() {
    /** What tells it apart on its tap, from when it is open there. */
    this.id = 0;
    /** The first in the list of its views, one for each watcher. */
    this.view = null;
    this.tap = null;
    /** What is told of it, see `Tap`. */
    this.about = null;
  }

  /**
   * @param {Boolean} isOut Whether they go from the server to the client
   * @param {Buffer} octets As they are on the wire
   */
  chunk(isOut, octets) {
    for (let { view } = this; view !== null; view = view.next) {
      view.watcher.chunk(view, isOut, octets);
    }
  }

  /**
   * @param {Number} by Who closed it, one of `ClosedBy`
   */
  close(by) {
    this.tap?.close(this, by);
  }

  /** Called by the tap when octets are wanted, and when no longer. */
  watch() {}

  /** @param {View} view A new watcher's */
  addView(view) {
    view.next = this.view;
    this.view = view;
  }

  /** @param {Watcher} watcher One that has gone */
  removeView(watcher) {
    if (this.view === null) return;

    if (this.view.watcher === watcher) {
      this.view = this.view.next;
      return;
    }

    for (let { view } = this; view.next !== null; view = view.next) {
      if (view.next.watcher === watcher) {
        view.next = view.next.next;
        return;
      }
    }
  }
}

module.exports = Connection;
