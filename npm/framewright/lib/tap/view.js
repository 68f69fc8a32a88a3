'use strict';

/**
 * One connection as one watcher sees it.
 *
 * Where there are many connections, what belongs to one of them has left the
 * processor's caches when its next chunk comes, and fetching it again takes
 * longer than all that is done with it. So a chunk needs this one object.
 */
class View {
  /**
   * @param {Watcher} watcher The watcher
   * @param {Connection} connection The connection
   */
  constructor(watcher, connection) {
    this.watcher = watcher;
    /** Another watcher's, of the same connection. */
    this.next = null;
    this.id = connection.id;
    /** Whether a record has to come before its next chunk. */
    this.isBehind = true;
    /** Bytes that were dropped since its last record, each way. */
    this.lostIn = 0;
    this.lostOut = 0;
    /** Whether the watcher was told that there is such a connection. */
    this.isAnnounced = false;
    this.connection = connection;
    /** What has to be told of a connection that was open before; `null` if nothing. */
    this.start = null;
  }

  /**
   * Shows a chunk to the watcher, and those of the other views.
   *
   * @param {Boolean} isOut Whether it goes from the server to the client
   * @param {Buffer} bytes As they are on the wire
   */
  chunk(isOut, bytes) {
    this.watcher.chunk(this, isOut, bytes);
    this.next?.chunk(isOut, bytes);
  }

  /** @param {Number} by Who closed the connection */
  close(by) {
    this.watcher.close(this, by);
  }

  /**
   * Counts bytes that the watcher won't see.
   *
   * @param {Boolean} isOut Which way they went
   * @param {Number} length How many
   */
  lose(isOut, length) {
    // The watcher doesn't know the connection, so it misses nothing.
    if (!this.isAnnounced) return;
    this.isBehind = true;
    if (isOut) this.lostOut += length;
    else this.lostIn += length;
  }

  /**
   * @param {Boolean} isOut Which way
   * @return {Number} How many bytes were lost, which is to be told now
   */
  takeLost(isOut) {
    const lost = isOut ? this.lostOut : this.lostIn;

    if (isOut) this.lostOut = 0;
    else this.lostIn = 0;

    this.isBehind = this.start !== null || this.lostIn > 0 || this.lostOut > 0;
    return lost;
  }
}

module.exports = View;
