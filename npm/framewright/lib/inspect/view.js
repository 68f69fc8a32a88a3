'use strict';

/** One connection as one watcher sees it. */
class View {
  /**
   * @param {Watcher} watcher The watcher
   * @param {Connection} connection The connection
   */
  constructor(watcher, connection) {
    this.id = connection.id;
    this.watcher = watcher;
    /** Another watcher's, of the same connection. */
    this.next = null;
    /** Whether the watcher was told that there is such a connection. */
    this.isAnnounced = false;
    /** Octets that were dropped since its last record, each way. */
    this.lostIn = 0;
    this.lostOut = 0;
    this.connection = connection;
  }

  /** Whether something has to be told before its next chunk. */
  get isBehind() {
    return !this.isAnnounced || this.lostIn > 0 || this.lostOut > 0;
  }
}

module.exports = View;
