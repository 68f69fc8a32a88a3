'use strict';

/** The longest name, in characters. A name is to be read at a glance. */
const MAX_NAME_LENGTH = 200;

/**
 * One WebSocket connection of a tap. While it has views, they get its bytes.
 */
class Connection {
  /** Its description, see `Tap`; null until it is open. */
  about = null;
  /** What the application calls it, or ''. */
  name = '';
  /** Whether messages may refer to bytes from before somebody watched. */
  hasHistory = true;
  /** Its number on its tap. */
  id = 0;
  /** The first in the list of its views, one for each watcher. */
  view = null;
  #tap = null;

  /**
   * Called by the tap that takes it up.
   *
   * @param {Tap} tap The tap
   * @param {Number} id Its number there
   * @param {Object} about Its description
   */
  onOpen(tap, id, about) {
    this.#tap = tap;
    this.about = about;
    this.id = id;
  }

  /**
   * Tells all watchers the application's name for it.
   *
   * @param {String} name The name
   */
  setName(name) {
    this.name = name.slice(0, MAX_NAME_LENGTH);
    for (let { view } = this; view !== null; view = view.next) {
      view.watcher.tellName(view);
    }
  }

  /**
   * Called when a watcher is told that the connection was open before.
   *
   * @param {View} view The watcher's
   * @return {(Start|null)} Tells how to read it from here on, if anybody knows
   */
  startOf() {
    return null;
  }

  /** Called when its views change. */
  onViews() {}

  /**
   * @param {Boolean} isOut Whether they go from the server to the client
   * @param {Buffer} bytes As they are on the wire
   */
  chunk(isOut, bytes) {
    this.view?.chunk(isOut, bytes);
  }

  /**
   * @param {Boolean} isOut Which way the next bytes go
   * @param {Number} how Who made them, one of `Marked`
   * @param {Number} length How many they are
   */
  mark(isOut, how, length) {
    for (let { view } = this; view !== null; view = view.next) {
      view.watcher.tellMark(view, isOut, how, length);
    }
  }

  /**
   * @param {Number} by Who closed it, one of `ClosedBy`
   */
  close(by) {
    this.#tap?.close(this, by);
  }

  /**
   * Tells all views that it is closed.
   *
   * @param {Number} by Who closed it
   */
  closeViews(by) {
    for (let { view } = this; view !== null; view = view.next) view.close(by);
    this.view = null;
    this.onViews();
  }

  /** @param {View} view A new watcher's */
  addView(view) {
    view.next = this.view;
    this.view = view;
    this.onViews();
  }

  /** @param {Watcher} watcher One that has gone */
  removeViewOf(watcher) {
    if (this.view?.watcher === watcher) {
      this.view = this.view.next;
      this.onViews();
      return;
    }

    for (let { view } = this; view !== null; view = view.next) {
      if (view.next?.watcher === watcher) view.next = view.next.next;
    }
  }
}

module.exports = Connection;
