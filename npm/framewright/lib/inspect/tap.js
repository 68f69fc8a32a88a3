'use strict';

const Watcher = require('./watcher');

/**
 * The connections that can be watched, and those who watch. While there are
 * watchers, every source of octets hands them to its `Connection`.
 */
class Tap {
  #connections = new Set();
  #lastId = 0;
  #watchers = [];

  get isWatched() {
    return this.#watchers.length > 0;
  }

  /** How many watch. */
  get watcherCount() {
    return this.#watchers.length;
  }

  /**
   * Takes up a connection.
   *
   * @param {Object} source What gives it, told by `source.watch(isWatched)` when
   *     octets are wanted and when no longer
   * @param {Object} about `peer`, the heads `request` and `response`, `isTls`,
   *     and `isMidstream` where it was open before
   * @return {Connection} The connection
   */
  open(source, about) {
    const connection = new Connection(this, ++this.#lastId, source, about);

    this.#connections.add(connection);

    for (const watcher of this.#watchers) {
      connection.views.push(
        watcher.view(connection, about.isMidstream === true)
      );
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
    sink.on('close', () => {
      watcher.stop();
      this.#watchers = this.#watchers.filter((other) => other !== watcher);

      for (const connection of this.#connections) {
        connection.views = connection.views.filter(
          (view) => view.watcher !== watcher
        );
      }

      if (!this.isWatched) this.#tell(false);
    });

    for (const connection of this.#connections) {
      connection.views.push(watcher.view(connection, true));
    }

    this.#watchers.push(watcher);
    if (this.#watchers.length === 1) this.#tell(true);
    return watcher;
  }

  /** Ends the streams of all watchers. */
  end() {
    for (const watcher of this.#watchers) watcher.end();
  }

  /** @private */
  close(connection, by) {
    if (!this.#connections.delete(connection)) return;
    for (const view of connection.views) view.watcher.close(view, by);
    connection.views = [];
  }

  #tell(isWatched) {
    for (const { source } of this.#connections) source.watch(isWatched);
  }
}

/** One WebSocket connection, as watchers see it. */
class Connection {
  /** One for each watcher. */
  views = [];

  constructor(tap, id, source, { isTls, peer, request, response }) {
    this.tap = tap;
    this.id = id;
    this.source = source;
    this.isTls = isTls;
    this.peer = peer;
    this.request = request;
    this.response = response;
  }

  /**
   * @param {Boolean} isOut Whether they go from the server to the client
   * @param {Buffer} octets As they are on the wire
   */
  chunk(isOut, octets) {
    const { views } = this;

    // An iterator would cost at every chunk.
    for (let i = 0; i < views.length; i++) {
      views[i].watcher.chunk(views[i], isOut, octets);
    }
  }

  /**
   * @param {Number} by Who closed it, one of `ClosedBy`
   */
  close(by) {
    this.tap.close(this, by);
  }
}

module.exports = Tap;
