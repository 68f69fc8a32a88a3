'use strict';

const Watcher = require('./watcher');

/** The connections that can be watched, and their watchers. */
class Tap {
  #connections = new Set();
  #lastId = 0;
  #watchers = [];

  /**
   * @param {Function} [nameOf] What the application calls a connection, see
   *     `inspect()`
   */
  constructor(nameOf) {
    this.nameOf = nameOf;
  }

  /** How many watch. */
  get watcherCount() {
    return this.#watchers.length;
  }

  /**
   * Takes up a connection.
   *
   * @param {Connection} connection The connection
   * @param {Object} about Its description: `peer`, the heads `request` and
   *     `response`, `isTls`, and `isMidstream` where it was open before
   * @return {Connection} The connection
   */
  open(connection, about) {
    connection.onOpen(this, ++this.#lastId, about);
    this.#connections.add(connection);

    for (const watcher of this.#watchers) {
      connection.addView(watcher.view(connection, about.isMidstream === true));
    }

    return connection;
  }

  /**
   * Begins to watch.
   *
   * @param {Writable} sink Where the live stream goes, until it is closed
   * @param {Object} options Options of the `Watcher`
   * @return {Watcher} The watcher
   */
  watch(sink, options) {
    const watcher = new Watcher(sink, options);

    sink.on('error', () => {});
    sink.on('close', () => this.#remove(watcher));

    this.#watchers.push(watcher);

    for (const connection of this.#connections) {
      connection.addView(watcher.view(connection, true));
    }

    return watcher;
  }

  /** Ends the streams of all watchers. */
  end() {
    for (const watcher of this.#watchers) watcher.end();
  }

  /** @private */
  close(connection, by) {
    if (this.#connections.delete(connection)) connection.closeViews(by);
  }

  #remove(watcher) {
    watcher.stop();
    this.#watchers = this.#watchers.filter((other) => other !== watcher);

    for (const connection of this.#connections)
      connection.removeViewOf(watcher);
  }
}

module.exports = Tap;
