'use strict';

/** One connection as one watcher sees it. */
class View {
  /** Whether the watcher was told that there is such a connection. */
  isAnnounced = false;

  /** Octets that were dropped since its last record, each way. */
  lostIn = 0;
  lostOut = 0;

  /**
   * @param {Watcher} watcher The watcher
   * @param {Connection} connection The connection
   */
  constructor(watcher, connection) {
    this.connection = connection;
    this.id = connection.id;
    this.watcher = watcher;
  }

  /** Whether something has to be told before its next chunk. */
  get isBehind() {
    return !this.isAnnounced || this.lostIn > 0 || this.lostOut > 0;
  }
}

module.exports = View;
